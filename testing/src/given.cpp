#include "leftfold/testing/given.hpp"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/core/demangle.hpp>

namespace leftfold::inline v0::testing::detail {

/// Shows both lists as one: what stands in both, then what was expected (-) and raised (+) instead, place by place.
std::string compare(const std::vector<shown_event>& expected, const std::vector<shown_event>& raised) {
    if (expected == raised) return {};
    std::string text = "expected (-) and raised (+) events differ:";
    for (std::size_t i = 0; i < std::max(expected.size(), raised.size()); ++i) {
        const bool are_both = i < expected.size() && i < raised.size();
        const bool is_same = are_both && expected[i] == raised[i];
        const bool look_alike = are_both && !is_same && expected[i].text == raised[i].text;
        const auto line = [&](char sign, const shown_event& event) {
            text += fmt::format("\n{} {}. {}", sign, i + 1, event.text);
            if (look_alike) text += fmt::format(", a {} stored as {}", event.type, event.stored);
        };
        if (is_same) {
            line(' ', expected[i]);
            continue;
        }
        if (i < expected.size()) line('-', expected[i]);
        if (i < raised.size()) line('+', raised[i]);
    }
    return text;
}

std::string describe(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        return fmt::format("{}(\"{}\")", boost::core::demangle(typeid(e).name()), e.what());
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        return type != nullptr ? boost::core::demangle(type->name()) : "something";
    }
}

}  // namespace leftfold::inline v0::testing::detail
