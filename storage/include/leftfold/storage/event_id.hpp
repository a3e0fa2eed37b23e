#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace leftfold::inline v0 {

/// Names one event for ever: 16 bytes, shown as a UUID. Appending the same id twice stores one event (semantics 3).
struct event_id {
    std::array<std::uint8_t, 16> bytes{};

    /// Whether this is the nil id, which stands for "the store is to make one".
    constexpr bool is_nil() const { return *this == event_id{}; }

    friend constexpr auto operator<=>(const event_id&, const event_id&) = default;
};

/// Writes an id in the usual form: `01927f3e-8c2a-7cc3-98c4-dc0c0c07398f`.
std::string to_string(const event_id& id);

/// Reads the form that to_string writes, in either case. Throws errc::invalid_argument on anything else.
event_id parse_event_id(std::string_view text);

/// Derives an id from text: the same text gives the same id, on every machine and in every version.
///
/// The first 16 bytes of the SHA-256 of `name`, marked as a version 8 UUID (RFC 9562, 5.8). Fit for ids of what a
/// command or an imported record causes, so that doing it again appends nothing.
event_id derive_event_id(std::string_view name);

/// A source of randomness, so that a simulation can replay it.
class random_source {
public:
    virtual ~random_source() = default;

    /// Returns 64 random bits. Safe to call from any thread.
    virtual std::uint64_t next() = 0;
};

/// Makes a version 7 UUID (RFC 9562, 5.7): milliseconds since 1970, then random bits, so that ids made one after
/// another sort nearly in order.
event_id make_event_id(std::int64_t wall_us, random_source& random);

/// Hashes an id for in-memory tables.
struct event_id_hash {
    std::size_t operator()(const event_id& id) const noexcept;
};

}  // namespace leftfold::inline v0
