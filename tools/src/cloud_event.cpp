#include "cloud_event.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <limits>

#include "checked_line.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace json = boost::json;

constexpr std::string_view format_version = "1";
constexpr std::string_view cloud_events_version = "1.0";
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

bool is_json(std::string_view text) {
    json::error_code failed;
    json::monotonic_resource memory;
    json::parse(json::string_view(text.data(), text.size()), failed, &memory);
    return !failed;
}

bool is_json_on_one_line(const event_view& event) {
    return content_type(event.metadata) == default_content_type &&
           event.payload.find_first_of("\r\n") == std::string_view::npos && is_json(event.payload);
}

/// Reads a member that may be one of two words, and returns whether it is the first.
bool is_first_of(const line_members& read, const char* name, std::string_view first, std::string_view second) {
    const auto word = read.text(name);
    if (word != first && word != second)
        throw error(errc::invalid_event,
                    fmt::format("reading \"{}\": \"{}\" is neither {} nor {}", name, word, first, second));
    return word == first;
}

/// Of all there can be, the greatest number of events in a cut.
void check_size(const cut& of) {
    std::int64_t left = std::numeric_limits<std::int64_t>::max();
    for (std::uint32_t p = 0; p != of.partitions(); ++p) {
        const auto events = of.at(partition_id(p)).value();
        if (events > left) throw error(errc::invalid_event, "reading a header with more events than there can be");
        left -= events;
    }
}

}  // namespace

std::string to_line(const export_header& header) {
    std::string line;
    add_member(line, "leftfold_export", format_version);
    add_member(line, "store", to_string(header.store));
    add_member(line, "partitions", std::to_string(header.partitions));
    add_member(line, "cut", to_string(header.up_to));
    add_member(line, "complete", header.complete ? "true" : "false");
    add_member(line, "order", header.merged ? "recorded" : "partition");
    return close_line(std::move(line));
}

std::string to_line(const event_view& event) {
    std::string line;
    line.reserve(event.payload.size() + 512);
    add_member(line, "specversion", cloud_events_version);
    add_member(line, "id", to_string(event.id));
    add_member(line, "source", std::string(source_prefix) + std::string(event.category));
    add_member(line, "subject", event.key);
    add_member(line, "type", event.type);
    add_member(line, "time", to_rfc3339(event.occurred.time()));
    const auto type = content_type(event.metadata);
    if (is_utf8(type)) add_member(line, "datacontenttype", type);
    add_member(line, "lfpartition", std::to_string(event.partition.value()));
    add_member(line, "lfoffset", std::to_string(event.at.value()));
    add_member(line, "lfversion", std::to_string(event.version.value()));
    add_member(line, "lfrecorded", to_rfc3339(event.recorded.time()));
    if (!event.metadata.empty()) add_member(line, "lfheaders", to_base64(event.metadata.encoded()));
    if (is_json_on_one_line(event)) {
        line += R"(,"data":)";
        line += event.payload;
    } else {
        add_member(line, "data_base64", to_base64(event.payload));
    }
    return close_line(std::move(line));
}

export_header parse_header(std::string_view line) {
    const line_members read(open_line(line));
    if (const auto version = read.text("leftfold_export"); version != format_version)
        throw error(errc::newer_format, "reading an export of format " + version);
    export_header header;
    header.store = parse_event_id(read.text("store"));
    const auto partitions = read.number("partitions");
    if (partitions < 1 || partitions > partitions_max)
        throw error(errc::invalid_event, fmt::format("reading a header of {} partitions", partitions));
    header.partitions = static_cast<std::uint32_t>(partitions);
    header.up_to = parse_cut(read.text("cut"));
    header.complete = is_first_of(read, "complete", "true", "false");
    header.merged = is_first_of(read, "order", "recorded", "partition");
    if (header.up_to.partitions() != header.partitions)
        throw error(errc::invalid_event, "reading a header whose cut is not one of its partitions");
    check_size(header.up_to);
    return header;
}

recorded_event parse_event(std::string_view line) {
    const auto body = open_line(line);
    // Every member before the payload is a string that the writer escaped, so the first bare `,"data":` is the
    // payload's.
    constexpr std::string_view data_name = R"(,"data":)";
    const auto data = body.find(data_name);
    const line_members read(body.substr(0, data));
    if (const auto version = read.text("specversion"); version != cloud_events_version)
        throw error(errc::invalid_event, "reading a CloudEvent of version " + version);
    recorded_event event;
    event.id = parse_event_id(read.text("id"));
    const auto source = read.text("source");
    if (!source.starts_with(source_prefix))
        throw error(errc::invalid_event, "reading an event whose source is not " + std::string(source_prefix) + "…");
    event.stream = stream_id(source.substr(source_prefix.size()), read.text("subject"));
    event.type = read.text("type");
    check_event_type(event.type);
    event.occurred = occurred_at(parse_time(read.text("time")));
    const auto partition = read.number("lfpartition");
    if (partition < 0 || partition >= partitions_max)
        throw error(errc::invalid_event, fmt::format("reading an event of partition {}", partition));
    event.partition = partition_id(static_cast<std::uint32_t>(partition));
    event.at = offset(read.number("lfoffset"));
    event.version = version(read.number("lfversion"));
    event.recorded = recorded_at(parse_time(read.text("lfrecorded")));
    if (read.has("lfheaders")) {
        const auto encoded = from_base64(read.text("lfheaders"));
        const headers_view given(encoded);
        if (!given.is_well_formed()) throw error(errc::invalid_event, "reading headers that are not well formed");
        event.metadata = headers(given);
    }
    if (data == std::string_view::npos) {
        event.payload = from_base64(read.text("data_base64"));
        return event;
    }
    event.payload = body.substr(data + data_name.size());
    if (!is_json(event.payload))  // as far as it goes: nothing may come after it
        throw error(errc::invalid_event, "reading an event whose \"data\" is not one JSON value, the last of its line");
    return event;
}

}  // namespace leftfold::inline v0::tools
