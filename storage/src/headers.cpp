#include "leftfold/storage/headers.hpp"

#include <cstdint>
#include <cstring>
#include <limits>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t lengths_bytes = 8;
constexpr std::size_t header_name_bytes_max = 255;

std::uint32_t length_at(std::string_view bytes, std::size_t at) {
    std::uint32_t length{};
    std::memcpy(&length, bytes.data() + at, sizeof length);
    return length;
}

void append_length(std::string& to, std::size_t length) {
    const auto word = static_cast<std::uint32_t>(length);
    to.append(reinterpret_cast<const char*>(&word), sizeof word);
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= header_name_bytes_max && is_utf8(name) &&
           name.find('\0') == std::string_view::npos;
}

}  // namespace

void headers_view::iterator::read() {
    at_end_ = true;
    if (rest_.size() < lengths_bytes) return;
    const std::size_t name = length_at(rest_, 0);
    const std::size_t value = length_at(rest_, 4);
    if (name + value > rest_.size() - lengths_bytes) return;
    current_ = {rest_.substr(lengths_bytes, name), rest_.substr(lengths_bytes + name, value)};
    rest_.remove_prefix(lengths_bytes + name + value);
    at_end_ = false;
}

std::optional<std::string_view> headers_view::find(std::string_view name) const {
    for (const auto& [each, value] : *this) {
        if (each == name) return value;
    }
    return std::nullopt;
}

bool headers_view::is_well_formed() const {
    std::size_t bytes = 0;
    for (const auto& [name, value] : *this) {
        if (!is_name(name)) return false;
        bytes += lengths_bytes + name.size() + value.size();
    }
    return bytes == encoded_.size();
}

headers::headers(std::initializer_list<std::pair<std::string_view, std::string_view>> entries) {
    for (const auto& [name, value] : entries) add(name, value);
}

headers& headers::add(std::string_view name, std::string_view value) {
    if (!is_name(name)) {
        throw error(errc::invalid_name, "adding a header whose name of " + std::to_string(name.size()) +
                                            " bytes is empty, over 255 bytes, not UTF-8 or holds a NUL");
    }
    if (value.size() > std::numeric_limits<std::uint32_t>::max()) {
        throw error(errc::headers_too_large, "adding the header " + std::string(name));
    }
    append_length(encoded_, name.size());
    append_length(encoded_, value.size());
    encoded_ += name;
    encoded_ += value;
    return *this;
}

std::string_view content_type(headers_view headers) {
    return headers.find(header_name::content_type).value_or(default_content_type);
}

}  // namespace leftfold::inline v0
