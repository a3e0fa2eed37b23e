#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "leftfold/storage/error.hpp"

/// Expects that `act` throws leftfold::error with this code, and returns its text.
inline std::string expect_error(leftfold::errc code, const std::function<void()>& act) {
    try {
        act();
    } catch (const leftfold::error& thrown) {
        EXPECT_EQ(thrown.kind(), code) << thrown.what();
        return thrown.what();
    }
    ADD_FAILURE() << "expected an error: " << make_error_code(code).message();
    return {};
}
