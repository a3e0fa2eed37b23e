#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <vector>

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/result.hpp"

namespace leftfold::inline v0 {

/// What the caller believes of a stream, checked in one step with the append.
class expected_version {
public:
    enum class rule { any, none, exists, exactly };

    /// Nothing is checked.
    static constexpr expected_version any() { return {rule::any, {}}; }
    /// The stream must be new.
    static constexpr expected_version none() { return {rule::none, {}}; }
    /// The stream must have an event.
    static constexpr expected_version exists() { return {rule::exists, {}}; }
    /// The stream's last event must have this version; 0 is none().
    static constexpr expected_version exactly(version at) {
        return at == version{} ? none() : expected_version{rule::exactly, at};
    }

    constexpr rule kind() const { return kind_; }
    constexpr version at() const { return at_; }
    /// Whether a stream whose last version is `actual` is as expected.
    bool holds_for(version actual) const;

    friend constexpr bool operator==(const expected_version&, const expected_version&) = default;

private:
    constexpr expected_version(rule kind, version at) : kind_(kind), at_(at) {}

    rule kind_;
    version at_;
};

/// Says in words what is expected, for the text of an error: `no event`, `version 7`.
std::string to_string(expected_version expected);

/// Events for one stream, and what is expected of it. Several together make one atomic append.
struct stream_append {
    stream_append() = default;
    stream_append(stream_id to, expected_version if_at, std::vector<event_data> what)
        : stream(std::move(to)), expected(if_at), events(std::move(what)) {}

    stream_id stream;
    expected_version expected = expected_version::any();
    std::vector<event_data> events;
};

/// What to do when the append queue is full (store_limits::queue_appends, queue_bytes).
enum class when_full {
    wait,    ///< the caller waits until there is room
    refuse,  ///< errc::would_block at once, and nothing is stored
};

/// Whether these events may have been sent before under the same ids.
enum class attempt {
    first,  ///< the ids that the caller gave are looked up; those that the store makes need not be
    retry,  ///< all ids are looked up
    fresh,  ///< the caller made the ids just now by make_event_id, so none can be stored: saves a look-up each
};

/// How one append is to be done.
struct append_options {
    when_full queue = when_full::wait;
    leftfold::attempt attempt = attempt::first;
};

/// An append that is stored, now or, under the same ids, earlier.
struct appended {
    /// Where its last event stands: what to wait for in a read model.
    leftfold::position position{};
    /// Where its first event stands; the others follow without a gap.
    offset first{};
    /// The recorded_at of its last event.
    recorded_at recorded{};
    /// The version of the last event that went to each stream, in the order of the request.
    std::vector<leftfold::version> versions{};
    /// Whether it was stored by an earlier append with the same ids, and nothing was stored now.
    bool repeated = false;

    /// The version of the request's first stream, which for most is the only one.
    leftfold::version version() const { return versions.empty() ? leftfold::version{} : versions.front(); }
};

/// An append that was refused because a stream was not as expected. Nothing was stored.
struct conflict {
    stream_id stream;
    expected_version expected = expected_version::any();
    /// The stream's last version as it was found.
    version actual{};
    /// The events that the caller did not know of: those after the version it expected, oldest first, at most
    /// store_limits::conflict_events of them.
    std::vector<recorded_event> missed;
};

/// Throws errc::invalid_argument: called by result when the value of a conflict is asked for.
[[noreturn]] void throw_exception_from_error(const conflict& refused, const boost::source_location& where);

using append_result = result<appended, conflict>;

}  // namespace leftfold::inline v0
