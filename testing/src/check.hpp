#pragma once

#include <concepts>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0::testing {

/// A promise that did not hold: says which part of it, and what was found instead.
struct broken_promise : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] void fail(std::string_view how);

/// Fails with `promise` unless it holds.
inline void expect(bool holds, std::string_view promise) {
    if (!holds) fail(promise);
}

/// Shows a value in a failure.
std::string show(std::string_view text);
std::string show(bool value);
std::string show(const recorded_event& event);
std::string show(position where);
std::string show(const cut& where);
std::string show(const chain_hash& hash);
std::string show(const event_id& id);
template <std::integral Number>
std::string show(Number value) {
    return std::to_string(value);
}
template <class Tag, class Rep>
std::string show(strong_number<Tag, Rep> value) {
    return std::to_string(value.value());
}
template <class Axis>
std::string show(time_on<Axis> when) {
    return to_rfc3339(when.time());
}
template <class T>
std::string show(const std::optional<T>& value) {
    return value ? show(*value) : "nothing";
}
template <class T>
std::string show(const std::vector<T>& values) {
    std::string text = "[";
    for (const auto& each : values) text += (text.size() > 1 ? ", " : "") + show(each);
    return text + "]";
}

/// Fails unless both are equal, and shows both.
template <class Got, class Wanted>
void expect_equal(std::string_view what, const Got& got, const Wanted& wanted) {
    if (got == wanted) return;
    fail(std::string(what) + ": wanted " + show(wanted) + ", got " + show(got));
}

/// Fails unless `act` throws a leftfold::error of that kind. Returns its text.
std::string expect_error(errc kind, std::string_view what, function_ref<void()> act);

/// Fails unless `text` has `part`.
void expect_mentions(std::string_view text, std::string_view part);

}  // namespace leftfold::inline v0::testing
