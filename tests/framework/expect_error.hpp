#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "leftfold/storage/error.hpp"

/// Runs the action, which must throw leftfold::error of that code with that text in it.
template <class Action>
void expect_error(leftfold::errc code, std::string_view text, Action&& action) {
    try {
        action();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const leftfold::error& thrown) {
        EXPECT_EQ(thrown.kind(), code) << thrown.what();
        EXPECT_NE(std::string_view{thrown.what()}.find(text), std::string_view::npos) << thrown.what();
    }
}
