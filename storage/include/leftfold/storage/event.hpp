#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/headers.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// An event on its way into the store.
struct event_data {
    event_data() = default;
    event_data(std::string type_name, std::string payload_bytes, headers with = {},
               std::optional<occurred_at> happened = {}, event_id known_as = {})
        : type(std::move(type_name)),
          payload(std::move(payload_bytes)),
          metadata(std::move(with)),
          occurred(happened),
          id(known_as) {}

    /// The durable name, never a C++ class name: `bank.deposited`.
    std::string type;
    /// The payload, stored verbatim. JSON unless a content-type header says otherwise.
    std::string payload;
    headers metadata;
    /// When it happened, where the producer knows; else it is exactly the recorded_at.
    std::optional<occurred_at> occurred;
    /// The caller's own id, looked up before the event is stored (semantics 3); nil: the store makes one.
    event_id id{};
};

/// What a stored event carries so that any altered bit is found.
struct event_integrity {
    chain_hash chain{};
    std::uint32_t payload_crc{};
    std::uint32_t envelope_crc{};

    friend bool operator==(const event_integrity&, const event_integrity&) = default;
};

/// A stored event, borrowed. Valid only as long as the call or page that gave it; to keep it, make a recorded_event.
struct event_view {
    partition_id partition{};
    offset at{};
    recorded_at recorded{};
    occurred_at occurred{};
    std::string_view category;
    std::string_view key;
    leftfold::version version{};
    std::string_view type;
    event_id id{};
    headers_view metadata{};
    /// Empty when the reader asked for envelopes only.
    std::string_view payload;
    event_integrity integrity{};

    leftfold::position position() const { return {partition, at}; }
};

/// A stored event that owns its bytes.
struct recorded_event {
    recorded_event() = default;
    explicit recorded_event(const event_view& view);

    partition_id partition{};
    offset at{};
    recorded_at recorded{};
    occurred_at occurred{};
    stream_id stream;
    leftfold::version version{};
    std::string type;
    event_id id{};
    headers metadata;
    std::string payload;
    event_integrity integrity{};

    leftfold::position position() const { return {partition, at}; }

    /// Borrows this event. Valid as long as it lives unchanged.
    event_view view() const;

    friend bool operator==(const recorded_event&, const recorded_event&) = default;
};

/// Some events in order, with the bytes that they borrow from. Cheap to fill: one growing buffer, no allocation per
/// event once it is warm. Movable; its views stay valid through a move.
class event_page {
public:
    event_page();
    ~event_page();
    event_page(event_page&&) noexcept;
    event_page& operator=(event_page&&) noexcept;

    /// Copies the event's bytes into the page.
    void add(const event_view& event);
    /// Empties the page and keeps its memory.
    void clear();

    const std::vector<event_view>& events() const { return events_; }
    auto begin() const { return events_.begin(); }
    auto end() const { return events_.end(); }
    std::size_t size() const { return events_.size(); }
    bool empty() const { return events_.empty(); }
    const event_view& operator[](std::size_t i) const { return events_[i]; }
    /// Returns the bytes that the page's events hold: names, headers and payloads.
    std::size_t bytes() const { return bytes_; }

private:
    struct block {
        std::unique_ptr<char[]> memory;
        std::size_t size;
    };

    std::string_view keep(std::string_view bytes);

    std::vector<event_view> events_;
    std::vector<block> blocks_;
    std::size_t block_ = 0;  ///< the block that is being filled
    std::size_t used_ = 0;   ///< how much of it is
    std::size_t bytes_ = 0;
};

}  // namespace leftfold::inline v0
