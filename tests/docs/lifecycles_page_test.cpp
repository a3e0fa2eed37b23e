// The snippets of docs/lifecycles.md.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "leftfold/projections/fold_inline.hpp"
#include "leftfold/projections/fold_live.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/store.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace lifecycles_page_test {

using namespace bank;

TEST(lifecycles_page, a_projection_is_folded_on_demand) {
    const auto day = [](unsigned number) {
        return leftfold::recorded_at{std::chrono::sys_days{std::chrono::year{2026} / 3 / std::chrono::day{number}}};
    };
    const auto march_1 = day(1);
    const auto march_15 = day(15);
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    append(store, "bob", opened{"Bob"});
    store.advance_to(day(2).time());
    append(store, "alice", deposited{200'00});
    store.advance_to(day(16).time());
    append(store, "alice", withdrawn{150'00});

    const auto statement = leftfold::fold_live<balances>(store, {.keys = {"alice"}, .through = march_15});
    statement->rows.find("alice");
    statement->rows.as_of(march_1).find("alice");
    statement.sql().query<std::string, std::int64_t>("SELECT account, cents FROM balances WHERE cents > ?1", 100'00);
    // …
    EXPECT_EQ(statement->rows.find("alice")->cents, 200'00);
    EXPECT_EQ(statement->rows.count(), 1);
    EXPECT_EQ(statement->rows.as_of(march_1).find("alice")->cents, 0);
}

TEST(lifecycles_page, a_projection_is_folded_inline) {
    const leftfold::test_support::temporary_directory place;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(place.path());
    {
        auto store = leftfold::open_sqlite("bank.store");
        const auto read = leftfold::fold_inline<balances>(store);
        // …
        append(store, "alice", opened{"Alice"});
        // …
        append(store, "alice", deposited{100'00});
        read->rows.find("alice");  // has it
        // …
        EXPECT_EQ(read->rows.find("alice")->cents, 100'00);
    }
    std::filesystem::current_path(before);
}

}  // namespace lifecycles_page_test
