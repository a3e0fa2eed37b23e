#include "checked_line.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace json = boost::json;

void add_member(std::string& line, std::string_view name, std::string_view text) {
    line += line.empty() ? "{" : ",";
    line += json::serialize(json::string(name));
    line += ':';
    line += json::serialize(json::string(text));
}

std::string close_line(std::string line) {
    line += fmt::format(R"(,"lfcrc":"{:08x}"}})", crc32c(line));
    return line;
}

std::string_view open_line(std::string_view line) {
    constexpr auto closing_size = std::string_view(R"(,"lfcrc":"00000000"})").size();
    if (line.size() < closing_size) throw error(errc::invalid_event, "reading a line that is too short");
    const auto body = line.substr(0, line.size() - closing_size);
    if (line.substr(body.size()) != fmt::format(R"(,"lfcrc":"{:08x}"}})", crc32c(body)))
        throw error(errc::corrupt, "reading a line whose checksum, lfcrc, does not agree with it");
    return body;
}

line_members::line_members(std::string_view opened) {
    json::error_code failed;
    auto parsed = json::parse(json::string_view(std::string(opened) + "}"), failed);
    if (failed || !parsed.is_object()) throw error(errc::invalid_event, "reading a line that is not a JSON object");
    all_ = std::move(parsed.as_object());
}

std::string line_members::text(std::string_view name) const {
    const auto* found = all_.if_contains(name);
    if (found == nullptr || !found->is_string())
        throw error(errc::invalid_event, "reading a line without the text \"" + std::string(name) + "\"");
    return std::string(found->get_string());
}

std::int64_t line_members::number(std::string_view name) const {
    const auto digits = text(name);
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc{} || end != digits.data() + digits.size())
        throw error(errc::invalid_event, "reading a line whose \"" + std::string(name) + "\" is not a number");
    return value;
}

}  // namespace leftfold::inline v0::tools
