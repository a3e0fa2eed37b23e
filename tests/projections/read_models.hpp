#pragma once
// What the tests of the engine share: a store in memory under a clock of the test's own, a place for databases, and a
// look at them with nothing but SQLite.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/testing/world.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace read_models {

/// Keeps the warnings that it is told.
class warnings final : public leftfold::observer {
public:
    void on_warning(std::string_view text) override {
        const std::lock_guard lock(mutex_);
        told_.emplace_back(text);
    }
    std::vector<std::string> told() const {
        const std::lock_guard lock(mutex_);
        return told_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> told_;
};

/// Runs a query as the sqlite3 shell would, on a connection of its own, and returns all cells as text.
inline std::vector<std::vector<std::string>> shell(const std::filesystem::path& file, const char* sql) {
    sqlite3* raw = nullptr;
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(raw, &sqlite3_close);
    std::vector<std::vector<std::string>> rows;
    const auto take = [](void* to, int columns, char** values, char**) {
        auto& row = static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back();
        for (int i = 0; i != columns; ++i) row.emplace_back(values[i] == nullptr ? "NULL" : values[i]);
        return 0;
    };
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(raw, sql, take, &rows, &why), SQLITE_OK) << (why == nullptr ? "" : why);
    sqlite3_free(why);
    return rows;
}

using rows_of_text = std::vector<std::vector<std::string>>;

class fixture : public testing::Test {
protected:
    fixture() {
        store_options_.world.clock = clock_;
        store_options_.world.observer = warnings_;
    }

    leftfold::event_store make_store() const { return leftfold::open_memory({.store = store_options_}); }
    std::filesystem::path file() const { return directory_ / "views.db"; }
    leftfold::projection_options views() const { return {.database = file()}; }

    std::shared_ptr<leftfold::testing::manual_clock> clock_ = std::make_shared<leftfold::testing::manual_clock>();
    std::shared_ptr<warnings> warnings_ = std::make_shared<warnings>();
    leftfold::store_options store_options_;
    leftfold::test_support::temporary_directory directory_{
        leftfold::test_support::temporary_directory::where::in_memory};
};

/// Calls `f`, which must throw leftfold::error, and returns its code; its text goes to `text`.
template <class F>
leftfold::errc code_of(F&& f, std::string* text = nullptr) {
    try {
        f();
    } catch (const leftfold::error& failed) {
        if (text != nullptr) *text = failed.what();
        return failed.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return leftfold::errc::ok;
}

}  // namespace read_models
