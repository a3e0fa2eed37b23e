#pragma once

#include <string>
#include <string_view>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::tools {

/// The first line of an export: what it is an export of, and how much must follow.
struct export_header {
    store_id store{};
    std::uint32_t partitions = 1;
    cut up_to{};
    /// Whether everything up to the cut is there. A filtered export is partial, and its events get new positions when
    /// imported.
    bool complete = true;
    /// In recorded order over all partitions, or partition after partition.
    bool merged = false;
};

/// Writes lines of an export (semantics 31): an event as CloudEvents 1.0 in JSON, its payload verbatim where that is
/// JSON without line breaks, in base64 otherwise. Each ends with `lfcrc`, the CRC-32C of the line's bytes before it, so
/// that any altered byte is found. No line break at the end.
std::string to_line(const export_header& header);
std::string to_line(const event_view& event);

/// Read them back. Throw errc::corrupt when the checksum does not agree, errc::newer_format for a format that is not
/// known, errc::invalid_event for anything else that is not as it was written; the text says what.
export_header parse_header(std::string_view line);
recorded_event parse_event(std::string_view line);

}  // namespace leftfold::inline v0::tools
