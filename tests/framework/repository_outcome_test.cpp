#include <gtest/gtest.h>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/closing.hpp"
#include "support/doubtful_log.hpp"

namespace repository_outcome_test {

using bank::account;
using leftfold::errc, leftfold::repository, leftfold::version;

struct doubtful_world {
    doubtful_log* log = nullptr;
    leftfold::event_store store{parts_over_doubtful_log(log)};
    repository<account> accounts{store};
};

/// The store itself asks this often before it gives up; then the repository appends again under the same ids.
const int asked_by_store = leftfold::store_limits{}.resolve_attempts;

void deposit_in_doubt(doubtful_log::fate fate, int silence) {
    doubtful_world world;
    world.accounts.execute("ann", [](account& a) { a.deposit(1); });
    world.log->doubt(fate, silence);
    int runs = 0;
    const auto done = world.accounts.execute("ann", [&](account& a) {
        ++runs;
        a.transfer_in_two(5);
    });
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(done.version, version{3});
    EXPECT_EQ(world.accounts.load("ann")->moves(), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(repository_outcome, a_commit_in_doubt_that_was_stored_is_not_stored_twice) {
    deposit_in_doubt(doubtful_log::fate::stored, asked_by_store);
    deposit_in_doubt(doubtful_log::fate::stored, asked_by_store + 2);
}

TEST(repository_outcome, a_commit_in_doubt_that_was_lost_is_stored_after_all) {
    deposit_in_doubt(doubtful_log::fate::lost, asked_by_store);
    deposit_in_doubt(doubtful_log::fate::lost, asked_by_store + 2);
}

TEST(repository_outcome, what_stays_in_doubt_is_said_and_may_be_asked_again_under_the_command_s_id) {
    for (const auto fate : {doubtful_log::fate::stored, doubtful_log::fate::lost}) {
        doubtful_world world;
        repository<account> hasty{world.store, {.deadline = std::chrono::milliseconds{0}}};
        const leftfold::command_id id{"1"};
        const auto deposit = [](account& a) { a.deposit(5); };
        world.log->doubt(fate, asked_by_store);
        expect_error(errc::outcome_unknown, "account-ann", [&] { hasty.execute(id, "ann", deposit); });
        EXPECT_EQ(closed_state_of(world.store).held_by, leftfold::partition_id{0});
        const auto done = world.accounts.execute(id, "ann", deposit);
        EXPECT_EQ(done.version, version{1});
        EXPECT_EQ(world.accounts.load("ann")->balance(), 5);
        world.accounts.execute("ann", deposit);
        EXPECT_EQ(closed_state_of(world.store).held_by, std::nullopt) << "the next append has resolved it";
    }
}

TEST(repository_outcome, a_failure_that_is_no_doubt_passes_through_at_once) {
    doubtful_world world;
    world.log->doubt(doubtful_log::fate::lost, 0);
    expect_error(errc::io_error, "nothing was stored",
                 [&] { world.accounts.execute("ann", [](account& a) { a.deposit(5); }); });
    EXPECT_EQ(world.log->asked(), 1);
    EXPECT_FALSE(world.accounts.exists("ann"));
}

}  // namespace repository_outcome_test
