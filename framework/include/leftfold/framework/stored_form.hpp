#pragma once
// How a type that is not described is stored: as another type that is.

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/strong_number.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// Says what a T is stored as. Specialise it for strong types and value types of yours:
///
///     template <>
///     struct leftfold::stored_form<money> {
///         using type = std::int64_t;                                   // any type that can be stored
///         static type to(const money& m) { return m.cents(); }
///         static money from(type cents) { return money{cents}; }       // may throw to refuse
///     };
///
/// A T is then stored, shown and fingerprinted exactly as its form is, so introducing one changes no stored byte. An
/// exception from `from` becomes a decode_error with the place in the document. Takes precedence over a description.
template <class T>
struct stored_form;

/// Is satisfied by a type that has a stored form of another type.
template <class T>
concept has_stored_form = requires(const T& value, typename stored_form<T>::type stored) {
    { stored_form<T>::to(value) } -> std::convertible_to<typename stored_form<T>::type>;
    { stored_form<T>::from(std::move(stored)) } -> std::convertible_to<T>;
};

/// Strong numbers, such as offset and version, are stored as the bare number.
template <class Tag, class Rep>
struct stored_form<strong_number<Tag, Rep>> {
    using type = Rep;
    static type to(const strong_number<Tag, Rep>& number) { return number.value(); }
    static strong_number<Tag, Rep> from(type value) { return strong_number<Tag, Rep>{value}; }
};

/// Points on a time axis, recorded_at and occurred_at, are stored as the instant.
template <class Axis>
struct stored_form<time_on<Axis>> {
    using type = instant;
    static type to(const time_on<Axis>& when) { return when.time(); }
    static time_on<Axis> from(type when) { return time_on<Axis>{when}; }
};

/// Event ids are stored as UUID text.
template <>
struct stored_form<event_id> {
    using type = std::string;
    static type to(const event_id& id) { return to_string(id); }
    static event_id from(const type& text) { return parse_event_id(text); }
};

/// A position is stored as `partition:offset`.
template <>
struct stored_form<position> {
    using type = std::string;
    static type to(const position& where) { return to_string(where); }
    static position from(const type& text) { return parse_position(text); }
};

/// A cut is stored as its offsets, partition 0 first.
template <>
struct stored_form<cut> {
    using type = std::vector<offset>;
    static type to(const cut& place) {
        type offsets;
        for (std::uint32_t i = 0; i < place.partitions(); ++i) offsets.push_back(place.at(partition_id{i}));
        return offsets;
    }
    static cut from(type offsets) { return cut{std::move(offsets)}; }
};

}  // namespace leftfold::inline v0
