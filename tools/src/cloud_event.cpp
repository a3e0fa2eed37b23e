#include "cloud_event.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace json = boost::json;

constexpr std::string_view format_version = "1";
constexpr std::string_view source_prefix = "/leftfold/";

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const auto size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string from_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 1, '\0');
    const auto size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0 || text.size() % 4 != 0) throw error(errc::invalid_event, "reading base64");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

void add(std::string& line, std::string_view name, std::string_view text) {
    line += line.empty() ? "{" : ",";
    line += json::serialize(json::string(name));
    line += ':';
    line += json::serialize(json::string(text));
}

std::string close(std::string line) {
    line += fmt::format(R"(,"lfcrc":"{:08x}"}})", crc32c(line));
    return line;
}

constexpr std::size_t closing_size = std::string_view(R"(,"lfcrc":"00000000"})").size();

/// Checks a line's checksum and returns what stands before it.
std::string_view open(std::string_view line) {
    if (line.size() < closing_size) throw error(errc::invalid_event, "reading a line that is too short");
    const auto body = line.substr(0, line.size() - closing_size);
    if (line.substr(body.size()) != fmt::format(R"(,"lfcrc":"{:08x}"}})", crc32c(body)))
        throw error(errc::corrupt, "reading a line whose checksum, lfcrc, does not agree with it");
    return body;
}

bool is_json_on_one_line(const event_view& event) {
    if (content_type(event.metadata) != default_content_type) return false;
    if (event.payload.find_first_of("\r\n") != std::string_view::npos) return false;
    json::error_code failed;
    json::monotonic_resource memory;
    json::parse(json::string_view(event.payload.data(), event.payload.size()), failed, &memory);
    return !failed;
}

/// Members of a line: all are strings, but for `data`, which is kept apart as it stands.
json::object members(std::string_view body) {
    json::error_code failed;
    auto parsed = json::parse(json::string_view(std::string(body) + "}"), failed);
    if (failed || !parsed.is_object()) throw error(errc::invalid_event, "reading a line that is not a JSON object");
    return std::move(parsed.as_object());
}

std::string text(const json::object& from, std::string_view name) {
    const auto* found = from.if_contains(name);
    if (found == nullptr || !found->is_string())
        throw error(errc::invalid_event, "reading a line without the text \"" + std::string(name) + "\"");
    return std::string(found->get_string());
}

std::int64_t number(const json::object& from, std::string_view name) {
    const auto digits = text(from, name);
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc{} || end != digits.data() + digits.size())
        throw error(errc::invalid_event, "reading a line whose \"" + std::string(name) + "\" is not a number");
    return value;
}

}  // namespace

std::string to_line(const export_header& header) {
    std::string line;
    add(line, "leftfold_export", format_version);
    add(line, "store", to_string(header.store));
    add(line, "partitions", std::to_string(header.partitions));
    add(line, "cut", to_string(header.up_to));
    add(line, "complete", header.complete ? "true" : "false");
    add(line, "order", header.merged ? "recorded" : "partition");
    return close(std::move(line));
}

std::string to_line(const event_view& event) {
    std::string line;
    line.reserve(event.payload.size() + 512);
    add(line, "specversion", "1.0");
    add(line, "id", to_string(event.id));
    add(line, "source", std::string(source_prefix) + std::string(event.category));
    add(line, "subject", event.key);
    add(line, "type", event.type);
    add(line, "time", to_rfc3339(event.occurred.time()));
    const auto type = content_type(event.metadata);
    if (is_utf8(type)) add(line, "datacontenttype", type);
    add(line, "lfpartition", std::to_string(event.partition.value()));
    add(line, "lfoffset", std::to_string(event.at.value()));
    add(line, "lfversion", std::to_string(event.version.value()));
    add(line, "lfrecorded", to_rfc3339(event.recorded.time()));
    if (!event.metadata.empty()) add(line, "lfheaders", to_base64(event.metadata.encoded()));
    if (is_json_on_one_line(event)) {
        line += R"(,"data":)";
        line += event.payload;
    } else {
        add(line, "data_base64", to_base64(event.payload));
    }
    return close(std::move(line));
}

export_header parse_header(std::string_view line) {
    const auto read = members(open(line));
    if (const auto version = text(read, "leftfold_export"); version != format_version)
        throw error(errc::newer_format, "reading an export of format " + version);
    export_header header;
    header.store = parse_event_id(text(read, "store"));
    header.partitions = static_cast<std::uint32_t>(number(read, "partitions"));
    header.up_to = parse_cut(text(read, "cut"));
    header.complete = text(read, "complete") == "true";
    header.merged = text(read, "order") == "recorded";
    if (header.partitions == 0 || header.up_to.partitions() != header.partitions)
        throw error(errc::invalid_event, "reading a header whose cut is not one of its partitions");
    return header;
}

recorded_event parse_event(std::string_view line) {
    const auto body = open(line);
    // Every member before the payload is a string that the writer escaped, so the first bare `,"data":` is the
    // payload's.
    constexpr std::string_view data_name = R"(,"data":)";
    const auto data = body.find(data_name);
    const auto read = members(body.substr(0, data));
    recorded_event event;
    event.id = parse_event_id(text(read, "id"));
    const auto source = text(read, "source");
    if (!source.starts_with(source_prefix))
        throw error(errc::invalid_event, "reading an event whose source is not " + std::string(source_prefix) + "…");
    event.stream = stream_id(source.substr(source_prefix.size()), text(read, "subject"));
    event.type = text(read, "type");
    event.occurred = occurred_at(parse_time(text(read, "time")));
    event.partition = partition_id(static_cast<std::uint32_t>(number(read, "lfpartition")));
    event.at = offset(number(read, "lfoffset"));
    event.version = version(number(read, "lfversion"));
    event.recorded = recorded_at(parse_time(text(read, "lfrecorded")));
    if (read.contains("lfheaders")) {
        const auto encoded = from_base64(text(read, "lfheaders"));
        const headers_view given(encoded);
        if (!given.is_well_formed()) throw error(errc::invalid_event, "reading headers that are not well formed");
        event.metadata = headers(given);
    }
    event.payload = data == std::string_view::npos ? from_base64(text(read, "data_base64"))
                                                   : std::string(body.substr(data + data_name.size()));
    return event;
}

}  // namespace leftfold::inline v0::tools
