#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/framework/detail/find_member.hpp"
#include "leftfold/framework/detail/shown.hpp"
#include "leftfold/framework/repository.hpp"

namespace leftfold::inline v0 {

/// Which event something comes from: its envelope, without the payload.
struct event_origin {
    std::string type{};
    leftfold::version version{};
    leftfold::position position{};
    recorded_at recorded{};
    occurred_at occurred{};
    event_id id{};
    /// By whom, in which conversation, in reply to what: the headers that commands leave (command_context); else empty.
    std::string actor{};
    std::string correlation{};
    std::string causation{};

    friend bool operator==(const event_origin&, const event_origin&) = default;
};

/// Takes the envelope of a stored event.
event_origin origin_of(const event_view& event);

/// A member of an aggregate and the event that set it last.
struct blamed {
    std::string category{};
    std::string path{};
    /// What the event made of it, as JSON; nothing when it took it away.
    std::optional<std::string> value{};
    event_origin origin{};

    friend bool operator==(const blamed&, const blamed&) = default;
};

/// Writes one line: `account.limit ← bank.limit_raised #17, partition 3 offset 812, actor ann, 2026-03-02T09:30:00Z`;
/// with `, occurred …` when that is another time, and `, correlation …` and `, causation …` when the event has them.
std::string to_string(const blamed& found);

struct blame_options {
    /// The state whose members are looked at; past the end: the end.
    version at{std::numeric_limits<std::int64_t>::max()};
};

namespace detail {

std::string path_of_member(std::string_view name);

/// Calls `look(state, event)` for the events of versions (from, to], event null for the state at `from`.
template <class Aggregate, class Look>
void look_at_states(repository<Aggregate>& in, std::string_view key, version from, version to, Look&& look) {
    auto story = in.since(key, from);
    look(story.state(), static_cast<const event_view*>(nullptr));
    while (story.version() < to && story.next()) look(story.state(), &story.event());
}

template <class State>
std::optional<std::string> shown_at(const State& state, const member_path& path) {
    std::optional<std::string> text;
    with_member_at(state, path, 0, [&](const auto& member) { text = shown(member); });
    return text;
}

}  // namespace detail

/// Finds the event that last changed a member, or what lies within it; nothing when none did, so that it is as the
/// first constructor made it.
///
///     if (auto found = leftfold::blame(accounts, "alice", leftfold::member_path{"$.limit"})) print(to_string(*found));
///
/// Setting a member to the value that it has is no change. Throws errc::invalid_argument for a path that no state of
/// the aggregate can have, and what loading may throw.
///
/// Reads backward in windows that grow, each folded from a snapshot where there is one: it costs as much as the change
/// lies back, and without snapshots a few folds of the whole.
template <class Aggregate>
std::optional<blamed> blame(repository<Aggregate>& in, std::string_view key, const member_path& path,
                            const blame_options& options = {}) {
    detail::with_type_at<detail::kept_state<Aggregate>>(path, 0, []<class Member>() {});
    const version end = in.history(key).last();
    version high = options.at < end ? options.at : end;
    for (std::int64_t window = 1'000; high > version{}; window *= 4) {
        const version low{high.value() > window ? high.value() - window : 0};
        std::optional<std::string> before;
        std::optional<blamed> last;
        detail::look_at_states(in, key, low, high, [&](const auto& state, const event_view* event) {
            auto now = detail::shown_at(state, path);
            if (event != nullptr && now != before)
                last = blamed{std::string{event->category}, to_string(path), now, origin_of(*event)};
            before = std::move(now);
        });
        if (last) return last;
        high = low;
    }
    return std::nullopt;
}

/// The same for every member of the aggregate that an event ever changed, in order of description. One fold of the
/// history.
template <class Aggregate>
std::vector<blamed> blame(repository<Aggregate>& in, std::string_view key, const blame_options& options = {}) {
    struct member {
        std::optional<std::string> value;
        std::optional<blamed> last;
    };
    std::vector<member> members;
    detail::look_at_states(in, key, version{}, options.at, [&](const auto& state, const event_view* event) {
        std::size_t i = 0;
        for_each_member(state, [&](std::string_view name, const auto& stored) {
            if (i == members.size()) members.emplace_back();
            member& known = members[i++];
            std::optional<std::string> now;
            detail::with_member_at(stored, {}, 0, [&](const auto& value) { now = detail::shown(value); });
            if (event != nullptr && now != known.value)
                known.last = blamed{std::string{event->category}, detail::path_of_member(name), now, origin_of(*event)};
            known.value = std::move(now);
        });
    });
    std::vector<blamed> found;
    for (member& each : members)
        if (each.last) found.push_back(std::move(*each.last));
    return found;
}

}  // namespace leftfold::inline v0
