#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// Whether a reader wants the payloads. Without them a scan touches envelopes only: several times faster.
enum class payloads { read, skip };

/// Which way a stream is read.
enum class direction { forward, backward };

/// Chooses events by their envelopes, before any payload is touched. Within one list any match will do; all lists that
/// are not empty must match.
struct event_filter {
    std::vector<std::string> categories{};
    std::vector<std::string> types{};
    /// Name and value of a header that must be there.
    std::vector<std::pair<std::string, std::string>> headers{};

    /// Whether every event matches.
    bool empty() const { return categories.empty() && types.empty() && headers.empty(); }
    /// Whether the event is chosen. Looks at everything but its payload.
    bool matches(const event_view& envelope) const;
};

/// Bounds of one page of a partition. A page ends at whichever comes first; a log holds no resource between pages.
struct page_limits {
    /// Events given to the sink.
    std::size_t events = 1'000;
    /// Payload bytes given to the sink. The event that passes the bound is still given.
    std::size_t bytes = std::size_t{4} << 20;
    /// Rows looked at, whether they match the filter or not.
    std::size_t scanned = 65'536;
    /// The last offset to give.
    offset up_to{std::numeric_limits<std::int64_t>::max()};
};

/// Where a page ended.
struct page_end {
    /// Everything up to here was looked at: where the next page starts.
    offset scanned_to{};
    /// Whether the log had no further event at or below `up_to`.
    bool at_end = false;
};

/// Receives events, each valid during the call only. Returns false to stop after this one.
using event_sink = function_ref<bool(const event_view&)>;

}  // namespace leftfold::inline v0
