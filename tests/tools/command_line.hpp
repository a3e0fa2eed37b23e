#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/tools/main.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold::test_support {

struct answer {
    int status = 0;
    std::string out;
    std::string err;
};

/// Runs the command line inside the test.
answer run(const std::vector<std::string>& words, const std::string& input = {});

/// The same for a program of the name `bank` that knows its own types.
answer run(const tools::domain& known, const std::vector<std::string>& words, const std::string& input = {});

/// A directory for stores, and what fills them.
class command_line : public ::testing::Test {
protected:
    std::string at(const std::string& name) const { return (directory_.path() / name).string(); }

    /// Fills a store with what is awkward to carry: every kind of payload, headers that repeat, odd names.
    std::vector<appended> fill(const std::string& name, int rounds = 3) const;

    temporary_directory directory_;
};

}  // namespace leftfold::test_support
