#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "leftfold/framework/repository.hpp"

namespace leftfold::inline v0 {

/// A state of the past and the event that made it, which first_where and bisect find. A plain value.
template <class Aggregate>
struct found_state {
    loaded<Aggregate> state;
    recorded_event event;
    /// How many states were made to find it: events folded by first_where, loads by bisect.
    std::size_t states_made = 0;
};

/// Finds the first state of an aggregate's history for which `holds` is true, and the event that made it; nothing when
/// there is none. `holds` takes the state, and may be a `where`.
///
///     auto found = leftfold::first_where(accounts, "alice", [](const account& a) { return a.balance() < 0; });
///
/// Exact whatever the condition does in between: it looks at every state in turn, so it costs a fold of the history up
/// to there. The state before the first event is not looked at.
template <class Aggregate, class Condition>
std::optional<found_state<Aggregate>> first_where(repository<Aggregate>& from, std::string_view key,
                                                  Condition&& holds) {
    return first_where(from, key, from.history(key), holds);
}
/// The same in a part of the history: `accounts.since(…)`, `accounts.history("alice", then)`.
template <class Aggregate, class Condition>
std::optional<found_state<Aggregate>> first_where(repository<Aggregate>& from, std::string_view key,
                                                  history<Aggregate> story, Condition&& holds) {
    for (std::size_t folded = 1; story.next(); ++folded)
        if (holds(story.state()))
            return found_state<Aggregate>{from.at_version(key, story.version()), recorded_event{story.event()}, folded};
    return std::nullopt;
}

namespace detail {

enum class bisect_end { start, end };
[[noreturn]] void refuse_bisect(std::string_view key, version from, version to, bisect_end which);

}  // namespace detail

/// Between which states bisect looks. The start is the state before any event unless told otherwise.
struct bisect_range {
    version from{};
    version to{std::numeric_limits<std::int64_t>::max()};  ///< past the end: the end
};

/// Finds a state at which `holds` turns from false to true, and the event that made it so. Asks O(log n) states, each a
/// load that a snapshot shortens, where first_where folds them all.
///
/// As `git bisect` does, it needs a condition that is false at the start of the range and true at its end; else throws
/// errc::invalid_argument, and says which does not hold. Where the condition turns several times, it finds one of them.
template <class Aggregate, class Condition>
found_state<Aggregate> bisect(repository<Aggregate>& in, std::string_view key, Condition&& holds,
                              const bisect_range& range = {}) {
    const version end = in.history(key).last();
    version high = range.to < end ? range.to : end;
    version low = range.from;
    std::size_t loads = 0;
    const auto asked = [&](version at) {
        ++loads;
        return static_cast<bool>(holds(in.since(key, at).state()));
    };
    if (!(low < high) || asked(low)) detail::refuse_bisect(key, low, high, detail::bisect_end::start);
    if (!asked(high)) detail::refuse_bisect(key, low, high, detail::bisect_end::end);
    while (low.next() < high) {
        const version middle{low.value() + (high.value() - low.value()) / 2};
        (asked(middle) ? high : low) = middle;
    }
    auto there = in.since(key, low);
    there.next();
    return {in.at_version(key, high), recorded_event{there.event()}, loads};
}

}  // namespace leftfold::inline v0
