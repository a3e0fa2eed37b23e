#include "leftfold/framework/detail/member_test.hpp"

#include <fmt/format.h>

#include <charconv>

#include "leftfold/framework/detail/find_member.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Where the comparison's sign begins: the first one outside quotes.
std::size_t sign_place(std::string_view text) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && std::string_view{"=!<>"}.find(text[i]) != std::string_view::npos)
            return i;
    }
    return std::string_view::npos;
}

template <class Number>
bool read_whole(std::string_view text, Number& number) {
    const auto* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && stopped == end;
}

bool begins_number(std::string_view text) {
    const auto digit = text.find_first_not_of('-');
    return digit <= 1 && text[digit] >= '0' && text[digit] <= '9';
}

template <class T>
constexpr bool is_number =
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t> || std::is_same_v<T, double>;

}  // namespace

void refuse_part(const member_path& path, std::size_t depth, std::string_view kind, std::string_view has) {
    const member_path::part& part = path.parts()[depth];
    const std::string wanted =
        part.is_index ? fmt::format("the index {}", part.index) : fmt::format("\"{}\"", part.name);
    throw error(errc::invalid_argument,
                fmt::format("looking for {}: {} of it does not lead into {}{}{}", to_string(path), wanted, kind,
                            has.empty() ? "" : ", which has ", has));
}

member_test::member_test(std::string_view text) : text_(text) {
    const auto sign = sign_place(text_);
    if (sign == std::string::npos) refuse("wants one of = == != <> < <= > >= between a path and a literal");
    path_ = member_path{trimmed(std::string_view{text_}.substr(0, sign))};
    const std::string_view rest = std::string_view{text_}.substr(sign);
    constexpr std::pair<std::string_view, order> signs[] = {
        {"==", order::equal},    {"!=", order::not_equal}, {"<>", order::not_equal}, {"<=", order::at_most},
        {">=", order::at_least}, {"=", order::equal},      {"<", order::less},       {">", order::greater}};
    for (const auto& [written, meant] : signs) {
        if (!rest.starts_with(written)) continue;
        order_ = meant;
        literal_ = parse_literal(trimmed(rest.substr(written.size())));
        return;
    }
    refuse("wants one of = == != <> < <= > >= between a path and a literal");
}

member_test::literal member_test::parse_literal(std::string_view text) const {
    if (text == "null") return std::monostate{};
    if (text == "true") return true;
    if (text == "false") return false;
    if (text.starts_with('"') || text.starts_with('\'')) {
        std::string made;
        const char quote = text.front();
        for (std::size_t i = 1; i < text.size(); ++i) {
            const bool is_last = i + 1 == text.size();
            if (text[i] == quote && is_last) return made;
            if (text[i] == quote && text[i + 1] != quote) break;
            if ((text[i] == quote || text[i] == '\\') && !is_last) ++i;
            made += text[i];
        }
        refuse("wants one text in quotes");
    }
    if (begins_number(text)) {
        std::int64_t integer{};
        std::uint64_t natural{};
        double number{};
        if (read_whole(text, integer)) return integer;
        if (read_whole(text, natural)) return natural;
        if (read_whole(text, number)) return number;
    }
    refuse("wants a number, true, false, null or a text in quotes as its literal");
}

void member_test::check(comparison sort) {
    if (std::holds_alternative<std::monostate>(literal_)) {
        if (order_ != order::equal && order_ != order::not_equal) refuse("null can only be equal or not");
        return;
    }
    const bool is_text = std::holds_alternative<std::string>(literal_);
    const bool is_truth = std::holds_alternative<bool>(literal_);
    switch (sort) {
        case comparison::truth:
            if (!is_truth) refuse("the member is true or false, the literal is not");
            break;
        case comparison::number:
            if (is_text || is_truth) refuse("the member is a number, the literal is not");
            break;
        case comparison::text:
            if (!is_text) refuse("the member is text, the literal is not");
            break;
        case comparison::name:
            if (!is_text) refuse("the member is a name, the literal is not");
            break;
        case comparison::time:
            if (!is_text) refuse("the member is a time, the literal is not: write it in quotes");
            literal_ = parse_time(std::get<std::string>(literal_));
            break;
        case comparison::nothing:
        case comparison::whole:
            refuse("the member can only be compared with null");
    }
    const bool is_ordered = sort != comparison::truth && sort != comparison::name;
    if (!is_ordered && order_ != order::equal && order_ != order::not_equal)
        refuse("the member can only be equal or not");
}

void member_test::check_name(function_ref<bool(std::string_view)> is_enumerator) const {
    if (const auto* name = std::get_if<std::string>(&literal_); name != nullptr && !is_enumerator(*name))
        refuse("the member never has that name");
}

std::partial_ordering member_test::compare(const member_value& found) const {
    return std::visit(
        []<class Found, class Literal>(const Found& left, const Literal& right) -> std::partial_ordering {
            if constexpr (std::is_same_v<Found, std::string_view> && std::is_same_v<Literal, std::string>)
                return left <=> std::string_view{right};
            else if constexpr (is_number<Found> && is_number<Literal>)
                // Holds every 64-bit integer and every double exactly, on x86-64 and on arm64.
                return static_cast<long double>(left) <=> static_cast<long double>(right);
            else if constexpr (std::is_same_v<Found, Literal> &&
                               (std::is_same_v<Found, bool> || std::is_same_v<Found, instant>))
                return left <=> right;
            else
                return std::partial_ordering::unordered;
        },
        found, literal_);
}

bool member_test::holds_for(const member_value& found) const {
    const bool is_there = !std::holds_alternative<std::monostate>(found);
    if (std::holds_alternative<std::monostate>(literal_)) return is_there == (order_ == order::not_equal);
    if (!is_there) return false;
    const std::partial_ordering is = compare(found);
    switch (order_) {
        case order::equal:
            return is == 0;
        case order::not_equal:
            return is != 0;
        case order::less:
            return is < 0;
        case order::at_most:
            return is <= 0;
        case order::greater:
            return is > 0;
        case order::at_least:
            return is >= 0;
    }
    return false;
}

void member_test::refuse(std::string_view why) const {
    throw error(errc::invalid_argument, fmt::format("reading \"{}\" as a comparison: {}", text_, why));
}

}  // namespace leftfold::inline v0::detail
