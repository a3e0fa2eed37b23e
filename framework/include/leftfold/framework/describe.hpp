#pragma once
// What the framework asks of a user's struct: a description of its members, and a few marks that say what they mean.
//
// Boost.Describe lists members and enumerators; everything here is a thin, compile-time layer over it. Nothing in this
// header allocates, throws or keeps state, so all of it may be used from any thread.

#include <boost/describe/bases.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace leftfold::inline v0 {

/// Names members of a described struct, for marks such as `may_be_missing`:
///
///     struct deposited {
///         std::int64_t cents{};
///         std::string currency = "EUR";
///         static constexpr leftfold::members<&deposited::currency> may_be_missing{};
///     };
///
/// A member so named keeps its initialiser when stored data does not have it. C++20 cannot see initialisers, so a
/// member is required unless it is named here or is a `std::optional`.
template <auto... Pointers>
struct members {};

/// Marks a described member as working memory: it is neither stored nor part of the fingerprint, and comes back
/// default-constructed. It exists so that a class can describe *all* its members, which is what lets the fingerprint's
/// size check find the one that was forgotten.
///
/// Behaves as the value it holds: converts to it, assigns from it, and gives it by `*` and `->`.
template <class T>
class transient {
public:
    using value_type = T;

    transient() = default;
    transient(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): stands in for a T

    operator T&() { return value_; }              // NOLINT(google-explicit-constructor): stands in for a T
    operator const T&() const { return value_; }  // NOLINT(google-explicit-constructor): stands in for a T
    T& operator*() { return value_; }
    const T& operator*() const { return value_; }
    T* operator->() { return &value_; }
    const T* operator->() const { return &value_; }

    friend bool operator==(const transient&, const transient&) = default;

private:
    T value_{};
};

/// Is satisfied by a class whose members Boost.Describe lists (`BOOST_DESCRIBE_STRUCT`, `BOOST_DESCRIBE_CLASS`).
template <class T>
concept described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

/// Is satisfied by an enumeration whose enumerators Boost.Describe lists (`BOOST_DESCRIBE_ENUM`).
template <class T>
concept described_enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

/// Is satisfied by a class with a durable name: `static constexpr auto event_type = "bank.deposited";`.
template <class T>
concept has_event_type = requires {
    std::string_view{T::event_type};
};

namespace detail {

template <class T>
struct is_transient : std::false_type {};
template <class T>
struct is_transient<transient<T>> : std::true_type {};

template <class Descriptor>
struct member_of;
template <class Class, class Member>
struct member_of<Member Class::*> {
    using type = Member;
};

/// The type of the member that a descriptor of Boost.Describe stands for.
template <class Descriptor>
using member_type = typename member_of<std::remove_cv_t<decltype(Descriptor::pointer)>>::type;

/// All described data members of T, those of described bases first, in order of declaration within an access level.
template <class T>
using member_list =
    boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;

/// Calls f.operator()<Descriptor...>() with the descriptors of a list.
template <template <class...> class List, class... Descriptors, class F>
constexpr decltype(auto) with_descriptors(List<Descriptors...>*, F&& f) {
    return std::forward<F>(f).template operator()<Descriptors...>();
}

template <auto Left, auto Right>
constexpr bool same_pointer() {
    if constexpr (std::is_same_v<decltype(Left), decltype(Right)>)
        return Left == Right;
    else
        return false;
}

template <auto Pointer, auto... Pointers>
constexpr bool is_among(members<Pointers...>) {
    return (same_pointer<Pointer, Pointers>() || ...);
}

/// Says whether stored data may lack this member of T, by T's own word or that of the base which declares it.
template <class T, class Descriptor>
constexpr bool may_be_missing() {
    if constexpr (requires { T::may_be_missing; })
        return is_among<Descriptor::pointer>(T::may_be_missing);
    else
        return false;
}

/// Says whether T refuses members that it does not know.
template <class T>
constexpr bool is_closed() {
    if constexpr (requires { T::closed; })
        return T::closed;
    else
        return false;
}

}  // namespace detail

/// Calls `f(name, member)` for each described member of `value` that is stored, bases first, in order of declaration.
/// `member` is a reference into `value`, const if `value` is. Transient members are left out.
template <class T, class F>
requires described<std::remove_const_t<T>>
constexpr void for_each_member(T& value, F&& f) {
    using list = detail::member_list<std::remove_const_t<T>>;
    detail::with_descriptors(static_cast<list*>(nullptr), [&]<class... Descriptors>() {
        [[maybe_unused]] const auto visit = [&]<class Descriptor>(Descriptor) {
            if constexpr (!detail::is_transient<detail::member_type<Descriptor>>::value)
                f(std::string_view{Descriptor::name}, value.*Descriptor::pointer);
        };
        (visit(Descriptors{}), ...);
    });
}

/// Returns the durable name of an event type, and an empty name for a type that has none.
template <class T>
constexpr std::string_view event_type_of() {
    if constexpr (has_event_type<T>)
        return std::string_view{T::event_type};
    else
        return {};
}

namespace detail {

constexpr std::string_view unqualified(std::string_view name) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < name.size() && name[i] != '<'; ++i)
        if (name[i] == ':') start = i + 1;
    return name.substr(start);
}

}  // namespace detail

/// Returns the name of T as the source spells it, without its namespaces: `deposited`. For people only (differences in
/// tests, texts of errors): compilers may spell templates differently, so it is never stored and never hashed.
template <class T>
constexpr std::string_view type_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto start = text.find("T = ") + 4;
    return detail::unqualified(text.substr(start, text.find_first_of(";]", start) - start));
}

}  // namespace leftfold::inline v0
