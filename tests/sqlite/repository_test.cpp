// Aggregates over a store that is closed and opened again.
#include "leftfold/framework/repository.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "framework/bank.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace repository_test {

using bank::account;
using leftfold::repository;
using leftfold::test_support::child_process, leftfold::test_support::temporary_directory;

const leftfold::repository_options by_ten{.snapshots = {.every = 10, .spacing = 30}};

TEST(sqlite_repository, aggregates_commands_and_snapshots_survive_closing_the_store) {
    const temporary_directory folder;
    const leftfold::command_id id{"request-1"};
    const auto deposit = [](account& a) { a.deposit(1); };
    leftfold::position first;
    leftfold::cut then;
    {
        auto store = leftfold::open_sqlite(folder.path() / "bank.store");
        repository<account> accounts{store, by_ten};
        first = accounts.execute(id, "ann", deposit).position;
        for (int i = 0; i < 44; ++i) accounts.execute("ann", deposit);
        then = accounts.load("ann").cut();
        EXPECT_GT(accounts.snapshots().kept, 0U);
    }
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> accounts{store, by_ten};
    EXPECT_EQ(accounts.load("ann")->balance(), 45);
    EXPECT_EQ(accounts.snapshots().used, 1U);
    EXPECT_EQ(accounts.snapshots().discarded, 0U);

    const auto again = accounts.execute(id, "ann", deposit);
    EXPECT_EQ(again.position, first);
    EXPECT_EQ(again.attempts, 0);

    accounts.execute("ann", deposit);
    EXPECT_EQ(accounts.load("ann")->balance(), 46);
    EXPECT_EQ(accounts.at("ann", then)->balance(), 45);
    EXPECT_EQ(accounts.at_version("ann", leftfold::version{7})->balance(), 7);
    const auto seventh = store.read_stream({"account", "ann"}, {.from = leftfold::version{7}, .count = 1}).at(0);
    EXPECT_EQ(accounts.as_of("ann", seventh.recorded)->balance(), 7);
    EXPECT_EQ(accounts.as_of("ann", seventh.occurred)->balance(), 7);
}

TEST(sqlite_repository, a_reader_uses_snapshots_and_makes_none) {
    const temporary_directory folder;
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> writing{store, by_ten};
    for (int i = 0; i < 25; ++i) writing.execute("ann", [](account& a) { a.deposit(1); });
    auto beside = leftfold::open_sqlite(folder.path() / "bank.store", {.access = leftfold::access::read_only});
    repository<account> reading{beside, by_ten};
    EXPECT_EQ(reading.load("ann")->balance(), 25);
    EXPECT_EQ(reading.snapshots().used, 1U);
    EXPECT_EQ(reading.snapshots().kept, 0U);
    EXPECT_THROW(reading.execute("ann", [](account& a) { a.deposit(1); }), leftfold::error);
}

const leftfold::repository_options keeping{.resident_bytes = 1 << 20};

TEST(sqlite_repository, a_reader_with_residents_sees_what_another_process_appended_before) {
    constexpr std::int64_t deposits = 50;
    const temporary_directory folder;
    leftfold::open_sqlite(folder.path() / "bank.store", {.partitions = 1});
    child_process reader([&](int pipe) {
        auto store = leftfold::open_sqlite(folder.path() / "bank.store", {.access = leftfold::access::read_only});
        repository<account> accounts{store, keeping};
        if (::write(pipe, "r", 1) != 1) return 2;
        for (std::int64_t n = 1; n <= deposits; ++n) {
            const leftfold::position nth{leftfold::partition_id{0}, leftfold::offset{n}};
            if (!store.wait_for(nth, std::chrono::seconds{20})) return 3;
            if (const auto ann = accounts.load("ann"); ann.version() < leftfold::version{n}) return 4;
        }
        return accounts.residents().used == deposits - 1 && accounts.load("ann")->balance() == deposits ? 0 : 5;
    });
    char ready = 0;
    ASSERT_EQ(::read(reader.pipe(), &ready, 1), 1);
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> accounts{store, keeping};
    for (std::int64_t n = 0; n < deposits; ++n) accounts.execute("ann", [](account& a) { a.deposit(1); });
    EXPECT_EQ(accounts.residents().missed, 1U);
    EXPECT_EQ(reader.wait(), 0);
}

TEST(sqlite_repository, of_many_threads_beside_residents_none_decides_on_an_old_state) {
    constexpr int threads = 4;
    constexpr int deposits = 50;
    const temporary_directory folder;
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    const leftfold::repository_options few{.attempts_max = threads * deposits, .resident_bytes = 4'000};
    repository<account> accounts{store, few};
    repository<account> others{store, few};
    std::atomic<int> stale{0};
    {
        std::vector<std::jthread> tellers;
        for (int t = 0; t < threads; ++t)
            tellers.emplace_back([&, t] {
                auto& mine = t % 2 == 0 ? accounts : others;
                for (int i = 0; i < deposits; ++i) {
                    const auto done = mine.execute("ann", [](account& a) { a.deposit(a.version().value()); });
                    accounts.execute(i % 2 == 0 ? "ben" : "cat", [](account& a) { a.deposit(1); });
                    if (others.load("ann").version() < done.version) ++stale;
                }
            });
    }
    EXPECT_EQ(stale, 0);
    std::vector<std::int64_t> expected(threads * deposits);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(accounts.load("ann")->moves(), expected);
    EXPECT_EQ(accounts.load("ben")->balance() + accounts.load("cat")->balance(), threads * deposits);
}

TEST(sqlite_repository, residents_of_a_parent_are_no_use_to_its_child) {
    const temporary_directory folder;
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> accounts{store, keeping};
    accounts.execute("ann", [](account& a) { a.deposit(1); });
    child_process child([&](int) {
        int decided = 0;
        int refused = 0;
        const auto try_to = [&](auto&& action) {
            try {
                action();
            } catch (const leftfold::error& no) {
                refused += no.kind() == leftfold::errc::forked ? 1 : 0;
            }
        };
        try_to([&] { accounts.execute("ann", [&](account&) { ++decided; }); });
        try_to([&] { accounts.load("ann"); });
        return decided == 0 && refused == 2 ? 0 : 1;
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(accounts.load("ann")->balance(), 1);
}

}  // namespace repository_test
