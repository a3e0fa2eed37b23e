#include "leftfold/storage/position.hpp"

#include <charconv>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw error(errc::invalid_argument, "reading \"" + std::string(text) + "\" as " + std::string(what));
}

/// Reads a whole text as a number that is not negative. `what` and `whole` are for the error.
template <class Number>
Number read_number(std::string_view text, std::string_view what, std::string_view whole) {
    Number number{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || stopped != end || text.front() == '-') refuse(what, whole);
    return number;
}

}  // namespace

std::string to_string(position where) {
    return std::to_string(where.partition.value()) + ":" + std::to_string(where.at.value());
}

position parse_position(std::string_view text) {
    constexpr std::string_view what = "a position, partition:offset";
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) refuse(what, text);
    return {partition_id(read_number<std::uint32_t>(text.substr(0, colon), what, text)),
            offset(read_number<std::int64_t>(text.substr(colon + 1), what, text))};
}

bool cut::covers(const cut& other) const {
    for (std::uint32_t i = 0; i < other.partitions(); ++i) {
        if (other.at(partition_id(i)) > at(partition_id(i))) return false;
    }
    return true;
}

std::string to_string(const cut& where) {
    std::string text;
    for (std::uint32_t i = 0; i < where.partitions(); ++i) {
        if (i > 0) text += ',';
        text += std::to_string(where.at(partition_id(i)).value());
    }
    return text;
}

cut parse_cut(std::string_view text) {
    if (text.empty()) return {};
    std::vector<offset> offsets;
    for (auto rest = text;;) {
        const auto comma = rest.find(',');
        offsets.emplace_back(read_number<std::int64_t>(rest.substr(0, comma), "a cut, offset,offset,…", text));
        if (comma == std::string_view::npos) return cut(std::move(offsets));
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace leftfold::inline v0
