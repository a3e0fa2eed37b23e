/// A bridge from RapidCheck to GoogleTest that says how many cases there are.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <iostream>
#include <string>
#include <vector>

namespace leftfold::test_support {

/// Numbers drawn from one random number: cheap, and a case shrinks by leaving whole steps away.
class dice {
public:
    explicit dice(std::uint64_t value) : value_(value) {}

    /// Draws one of 0 to sides - 1.
    std::size_t roll(std::size_t sides) {
        const auto side = value_ % sides;
        value_ /= sides;
        return static_cast<std::size_t>(side);
    }
    /// Draws one of the values.
    template <class T>
    const T& pick(const std::vector<T>& values) {
        return values[roll(values.size())];
    }

private:
    std::uint64_t value_;
};

/// Checks a property of a list of dice, one for each step of a case. The property throws or fails RC_ASSERT. Returns
/// whether it held; where not, the test has failed.
template <class Property>
bool check_property(const std::string& name, int cases, Property property) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = cases;
    params.maxSize = 40;  // steps of a case at most; longer ones find no more, and take longer
    rc::detail::TestMetadata metadata;
    metadata.id = name;
    metadata.description = name;
    std::cout << name << ": " << cases << " cases, seed=" << params.seed << '\n';
    const auto result = rc::detail::checkTestable(
        [&] {
            const auto steps = *rc::gen::container<std::vector<std::uint64_t>>(
                rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 62U));
            std::vector<dice> rolls(steps.begin(), steps.end());
            property(rolls);
        },
        metadata, params);
    if (result.template is<rc::detail::SuccessResult>()) return true;
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    ADD_FAILURE() << name << ", seed=" << params.seed << ": " << text.str();
    return false;
}

}  // namespace leftfold::test_support
