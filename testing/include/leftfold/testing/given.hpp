#pragma once
// A language for tests of aggregates and deciders. It knows no test library: every check returns an empty string, or
// what differs.

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/codec_error.hpp"
#include "leftfold/framework/detail/aggregate_access.hpp"
#include "leftfold/framework/to_text.hpp"

namespace leftfold::inline v0::testing {

namespace detail {

namespace core = leftfold::detail;

/// An event: its durable name and its stored form, by which it is compared, and how it is shown.
struct shown_event {
    std::string_view type;
    std::string stored;
    std::string text;

    friend bool operator==(const shown_event&, const shown_event&) = default;
};

template <class Event>
shown_event show_event(const Event& event) {
    shown_event shown{std::string_view{Event::event_type}, {}, to_text(event)};
    try {
        codec<Event>::encode(event, shown.stored);
    } catch (const encode_error&) {
        shown.stored = shown.text;  // it has none, which an append would say
    }
    return shown;
}

/// Shows a value of any type, those without a stored form by their place only.
template <class T>
std::string show(const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>)
        return to_text(std::string{std::string_view{value}});
    else if constexpr (core::kind_of<T>() != core::kind::unsupported)
        return to_text(value);
    else
        return "a value that cannot be shown";
}

std::string compare(const std::vector<shown_event>& expected, const std::vector<shown_event>& raised);
std::string describe(const std::exception_ptr& thrown);

}  // namespace detail

/// An aggregate in a test: made by given(), changed by when(), looked at by the rest.
///
/// Each check returns "" when it holds, else a few lines that say what was expected and what was found, so that any
/// test library's equality will do: `EXPECT_EQ(given<account>(…).when(…).then(…), "")`.
template <class Aggregate>
class scenario {
public:
    using state_type = leftfold::detail::kept_state<Aggregate>;

    /// What given() calls.
    template <class... Events>
    explicit scenario(const Events&... happened) {
        (access::apply(aggregate_, happened), ...);
        access::set_version(aggregate_, version(sizeof...(Events)));
    }

    /// Lets the aggregate decide: calls a member function with arguments (`&account::withdraw, 20`), a function of
    /// `Aggregate&`, or, for a decider, hands it a command. What is thrown is kept for then_throws. After a step that
    /// threw, further ones do not run.
    template <class Decision, class... Arguments>
    scenario& when(Decision&& decision, Arguments&&... arguments) {
        if (thrown_) return *this;
        try {
            if constexpr (std::is_member_function_pointer_v<std::remove_cvref_t<Decision>>)
                std::invoke(decision, aggregate_, std::forward<Arguments>(arguments)...);
            else
                leftfold::detail::decide_on(aggregate_, decision, std::forward<Arguments>(arguments)...);
        } catch (...) {
            thrown_ = std::current_exception();
        }
        return *this;
    }

    /// Checks that exactly these events were raised, in this order.
    template <class... Events>
    std::string then(const Events&... expected) const {
        if (thrown_) return "expected events, but " + detail::describe(thrown_) + " was thrown";
        return detail::compare({detail::show_event(expected)...}, raised());
    }

    /// Checks that nothing was raised, and nothing thrown.
    std::string then_nothing() const {
        if (thrown_) return "expected nothing, but " + detail::describe(thrown_) + " was thrown";
        return detail::compare({}, raised());
    }

    /// Checks that an Exception was thrown, or one that derives from it.
    template <class Exception>
    std::string then_throws() const {
        return then_throws<Exception>([](const Exception&) { return true; });
    }

    /// Checks that an Exception was thrown, and that the predicate holds for it, or its what() contains the text.
    template <class Exception, class Expected>
    std::string then_throws(const Expected& expected) const {
        if (!thrown_) return "expected an exception, but none was thrown\n" + detail::compare({}, raised());
        try {
            std::rethrow_exception(thrown_);
        } catch (const Exception& found) {
            if constexpr (std::is_convertible_v<const Expected&, std::string_view>) {
                const std::string_view text = expected;
                if (std::string_view{found.what()}.find(text) != std::string_view::npos) return {};
                return "expected a text with \"" + std::string{text} + "\", but it is " + detail::describe(thrown_);
            } else {
                return expected(found) ? "" : "the exception is not as expected: " + detail::describe(thrown_);
            }
        } catch (...) {
            return "expected another exception, but " + detail::describe(thrown_) + " was thrown";
        }
    }

    /// Checks that `look` at the state as it is now gives `expected`: a member function, a member, or a function of the
    /// state.
    template <class Look, class Expected>
    std::string then_state(Look&& look, const Expected& expected) const {
        if (thrown_) return "expected a state, but " + detail::describe(thrown_) + " was thrown";
        const auto& found = std::invoke(look, access::state(aggregate_));
        if (found == expected) return {};
        return "expected the state to give " + detail::show(expected) + ", but it gives " + detail::show(found);
    }

    /// Checks that the predicate holds for the state as it is now.
    template <class Predicate>
    std::string then_state(Predicate&& holds) const {
        if (thrown_) return "expected a state, but " + detail::describe(thrown_) + " was thrown";
        if (std::invoke(holds, access::state(aggregate_))) return {};
        return "the state is not as expected: " + detail::show(access::state(aggregate_));
    }

private:
    using access = leftfold::detail::aggregate_access;

    std::vector<detail::shown_event> raised() const {
        std::vector<detail::shown_event> shown;
        for (const auto& event : aggregate_.pending())
            shown.push_back(std::visit([](const auto& e) { return detail::show_event(e); }, event));
        return shown;
    }

    Aggregate aggregate_{};
    std::exception_ptr thrown_;
};

/// Begins a test: an aggregate to which these events have happened.
///
///     using leftfold::testing::given;
///     EXPECT_EQ(given<account>(opened{"Ann"}, deposited{50}).when(&account::withdraw, 20).then(withdrawn{20}), "");
///     EXPECT_EQ(given<account>().when(&account::withdraw, 20).then_throws<insufficient_funds>(), "");
template <class Aggregate, class... Events>
scenario<Aggregate> given(const Events&... happened) {
    return scenario<Aggregate>{happened...};
}

}  // namespace leftfold::inline v0::testing
