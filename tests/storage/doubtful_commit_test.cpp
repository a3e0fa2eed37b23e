#include "leftfold/storage/closing.hpp"
#include "leftfold/testing/world.hpp"
#include "storage/expect_error.hpp"
#include "support/doubtful_log.hpp"

namespace doubtful_commit_test {

using namespace leftfold;
using fate = doubtful_log::fate;

/// A store whose last commit, its second, is in doubt. The log cannot tell before it has been asked as often as the
/// store asks at once, and `silence` times more.
struct doubtful_store {
    doubtful_store(fate of_last, int silence, environment world)
        : store(parts_over_doubtful_log(log), {.world = world}) {
        append();
        log->doubt(of_last, store.limits().resolve_attempts + silence);
        expect_error(errc::outcome_unknown, [&] { append(); });
    }

    void append() { store.append(stream_id("account", "ann"), expected_version::any(), {event_data("opened", "{}")}); }

    doubtful_log* log = nullptr;
    event_store store;
};

TEST(doubtful_commit, is_settled_by_whoever_asks_how_far_the_store_is_closed) {
    for (const auto of_last : {fate::stored, fate::lost}) {
        const auto tasks = std::make_shared<leftfold::testing::queued_executors>();
        doubtful_store in(of_last, 0, {.executors = tasks});
        tasks->run();
        const auto held = closed_state_of(in.store);
        EXPECT_EQ(held.held_by, partition_id{0});
        EXPECT_EQ(tasks->run(), 1U);
        EXPECT_EQ(closed_state_of(in.store).held_by, std::nullopt);
        EXPECT_GT(in.store.closed(), held.until);
        EXPECT_EQ(in.store.heads().at(partition_id{0}), offset(of_last == fate::stored ? 2 : 1));
        EXPECT_EQ(in.store.closed_cut(), in.store.heads());
        EXPECT_EQ(tasks->run(), 0U) << "there is nothing left to ask";
    }
}

TEST(doubtful_commit, is_asked_about_again_until_the_log_can_tell) {
    const auto tasks = std::make_shared<leftfold::testing::queued_executors>();
    doubtful_store in(fate::stored, 2, {.executors = tasks});
    tasks->run();
    const auto before = in.log->asked();
    for (auto silent = 2; silent != 0; --silent) {
        EXPECT_FALSE(in.store.closed_cut().covers(cut(std::vector{offset{2}})));
        in.store.closed();  // what has been asked is not asked twice
        EXPECT_EQ(tasks->run(), 1U);
    }
    EXPECT_EQ(closed_state_of(in.store).held_by, partition_id{0});
    tasks->run();
    EXPECT_EQ(in.log->asked(), before + 3);
    EXPECT_EQ(in.store.closed_cut().at(partition_id{0}), offset{2});
}

TEST(doubtful_commit, does_not_keep_the_state_as_of_now_from_whoever_waits_for_it) {
    for (const auto of_last : {fate::stored, fate::lost}) {
        doubtful_store in(of_last, 0, {});
        const auto now = recorded_at::from_micros(in.store.world().clock->wall_us());
        EXPECT_EQ(in.store.cut_at(now).at(partition_id{0}), offset(of_last == fate::stored ? 2 : 1));
    }
}

TEST(doubtful_commit, is_left_to_the_next_start_by_a_store_that_closes) {
    const auto tasks = std::make_shared<leftfold::testing::queued_executors>();
    doubtful_store in(fate::stored, 0, {.executors = tasks});
    in.store.closed();
    const auto before = in.log->asked();
    in.store.close();
    tasks->run();
    EXPECT_EQ(in.log->asked(), before);
}

}  // namespace doubtful_commit_test
