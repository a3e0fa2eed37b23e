// Branches of a store at a past moment (docs/semantics.md 33).

#include "leftfold/storage/fork.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/commit_participant.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "leftfold/testing/world.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace fork_test {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class sqlite_fork : public ::testing::Test {
protected:
    environment world() const { return {.clock = clock_}; }
    event_store open(const std::string& name = "trunk.store", access as = access::read_write) const {
        return open_sqlite(place_ / name, {.partitions = 4, .access = as, .store = {.world = world()}});
    }
    static append_result append(event_store& store, const std::string& key, int events = 1) {
        std::vector<event_data> all;
        for (int i = 0; i != events; ++i) all.emplace_back("bank.deposited", R"({"cents":1})");
        return store.append({"account", key}, expected_version::any(), std::move(all));
    }
    /// A trunk with three versions of ann, then a moment, then two more; two of ben, who is not touched again.
    recorded_at tell(event_store& trunk) const {
        append(trunk, "ann", 3);
        append(trunk, "ben", 2);
        clock_->advance(1h);
        const auto then = recorded_at{clock_->now()};
        clock_->advance(1h);
        append(trunk, "ann", 2);
        append(trunk, "eve", 1);
        clock_->advance(1h);
        return then;
    }
    /// The bytes of each database of the directory, and of its WAL; an empty WAL is none.
    static std::map<std::string, std::string> files_of(const fs::path& directory) {
        std::map<std::string, std::string> found;
        for (const auto& each : fs::directory_iterator(directory)) {
            const auto name = each.path().filename().string();
            if (!name.starts_with("partition-") && !name.starts_with("index-") && !name.starts_with("snapshots"))
                continue;
            if (name.ends_with("-shm")) continue;
            std::ifstream in(each.path(), std::ios::binary);
            std::string bytes{std::istreambuf_iterator<char>(in), {}};
            if (!bytes.empty()) found[name] = std::move(bytes);
        }
        return found;
    }

    test_support::temporary_directory place_;
    std::shared_ptr<testing::manual_clock> clock_ = std::make_shared<testing::manual_clock>();
};

TEST_F(sqlite_fork, holds_what_the_trunk_held_and_goes_on_from_there) {
    auto trunk = open();
    const auto then = tell(trunk);
    auto what_if = fork(trunk, then, place_ / "what-if.store");
    EXPECT_EQ(what_if.head({"account", "ann"}), version{3});
    EXPECT_EQ(what_if.head({"account", "ben"}), version{2});
    EXPECT_EQ(what_if.head({"account", "eve"}), std::nullopt);
    EXPECT_NE(what_if.id(), trunk.id());
    const auto done = append(what_if, "ann", 2).value();
    EXPECT_EQ(done.version(), version{5});
    EXPECT_GT(done.recorded, then);
    EXPECT_EQ(done.first, trunk.cut_at(then).at(done.position.partition).next());
    EXPECT_EQ(what_if.read_stream({"account", "ann"}).size(), 5U);
    EXPECT_EQ(what_if.read_stream({"account", "ann"}).at(2), trunk.read_stream({"account", "ann"}).at(2));
    EXPECT_NE(what_if.read_stream({"account", "ann"}).at(3), trunk.read_stream({"account", "ann"}).at(3));
    EXPECT_TRUE(verify(what_if).damages.empty());
}

TEST_F(sqlite_fork, answers_about_times_below_and_above_the_cut) {
    auto trunk = open();
    const auto then = tell(trunk);
    auto what_if = fork(trunk, then, place_ / "what-if.store");
    EXPECT_GE(what_if.closed(), then);
    const auto mine = append(what_if, "ann").value();
    EXPECT_EQ(what_if.cut_at(then), trunk.cut_at(then));
    EXPECT_EQ(what_if.cut_at(mine.recorded).at(mine.position.partition), mine.position.at);
    const auto first = trunk.read_stream({"account", "ann"}).at(0);
    EXPECT_EQ(what_if.cut_at(first.recorded), trunk.cut_at(first.recorded));
}

TEST_F(sqlite_fork, is_opened_again_by_its_path_alone_by_owner_and_reader) {
    auto trunk = open();
    const auto then = tell(trunk);
    { append(*std::make_unique<event_store>(fork(trunk, then, place_ / "what-if.store")), "ann"); }
    auto again = open("what-if.store");
    append(again, "ben");
    auto beside = open("what-if.store", access::read_only);
    EXPECT_EQ(beside.head({"account", "ann"}), version{4});
    EXPECT_EQ(beside.heads(), again.heads());
    append(again, "new", 3);  // perhaps the first event of its partition's file
    EXPECT_EQ(beside.head({"account", "new"}), version{3});
    EXPECT_EQ(beside.heads(), again.heads());
    EXPECT_TRUE(verify(beside).damages.empty());
    const auto origin = fork_origin_of(beside);
    ASSERT_TRUE(origin);
    EXPECT_EQ(origin->parent, trunk.id());
    EXPECT_EQ(origin->path, place_ / "trunk.store");
    EXPECT_EQ(origin->cut, trunk.cut_at(then));
    EXPECT_EQ(origin->time, then);
    EXPECT_EQ(origin->depth, 1);
    EXPECT_FALSE(fork_origin_of(trunk));
}

TEST_F(sqlite_fork, does_not_change_a_byte_of_its_parent) {
    recorded_at then;
    {
        auto trunk = open();
        then = tell(trunk);
    }
    auto trunk = open("trunk.store", access::read_only);
    const auto before = files_of(place_ / "trunk.store");
    {
        auto what_if = fork(trunk, then, place_ / "what-if.store");
        repository<bank::account> accounts{what_if, {.snapshots = {.every = 2}}};
        for (int i = 0; i != 20; ++i) append(what_if, "ann");
        for (int i = 0; i != 5; ++i) accounts.execute("new", [](bank::account& a) { a.deposit(1); });
        EXPECT_TRUE(verify(what_if).damages.empty());
    }
    EXPECT_EQ(files_of(place_ / "trunk.store"), before);
}

TEST_F(sqlite_fork, does_not_touch_the_wal_of_an_owner_who_is_at_work) {
    auto trunk = open();
    const auto then = tell(trunk);
    const auto before = files_of(place_ / "trunk.store");
    EXPECT_TRUE(before.contains("partition-0000.db-wal") || before.contains("partition-0001.db-wal"));
    {
        auto what_if = fork(trunk, then, place_ / "what-if.store");
        append(what_if, "ann", 5);
        EXPECT_EQ(what_if.read_stream({"account", "ben"}).size(), 2U);
    }
    EXPECT_EQ(files_of(place_ / "trunk.store"), before);
}

TEST_F(sqlite_fork, knows_the_ids_of_both_sides_and_none_that_the_trunk_stored_later) {
    recorded_event early;
    recorded_event late;
    {
        auto trunk = open();
        append(trunk, "ann", 2);
        early = trunk.read_stream({"account", "ann"}).at(0);
        const auto at = trunk.heads();
        append(trunk, "ann", 1);
        late = trunk.read_stream({"account", "ann"}).at(2);
        fork(trunk, at, place_ / "what-if.store");
        // More than an index leaves to be read from the log again: its file has the ids of both sides of the cut.
        for (int batch = 0; batch != 5; ++batch) append(trunk, "ann", 1'000);
    }
    auto what_if = open("what-if.store");
    const auto with_id = [](const recorded_event& event) {
        event_data again(event.type, event.payload);
        again.id = event.id;
        return std::vector{again};
    };
    const auto repeated = what_if.append({"account", "ann"}, expected_version::any(), with_id(early)).value();
    EXPECT_TRUE(repeated.repeated);
    EXPECT_EQ(repeated.position, early.position());
    const auto stored = what_if.append({"account", "ann"}, expected_version::any(), with_id(late)).value();
    EXPECT_FALSE(stored.repeated);
    EXPECT_TRUE(what_if.append({"account", "ann"}, expected_version::any(), with_id(late)).value().repeated);
    EXPECT_EQ(what_if.find_event({"account", "ann"}, early.id), early.position());
}

TEST_F(sqlite_fork, of_a_fork_works_to_the_eighth_and_no_further) {
    auto trunk = open();
    append(trunk, "ann");
    std::vector<event_store> line;
    line.push_back(std::move(trunk));
    for (int depth = 1; depth <= fork_depth_max; ++depth) {
        line.push_back(fork(line.back(), line.back().heads(), place_ / ("fork" + std::to_string(depth))));
        append(line.back(), "ann");
        append(line[line.size() - 2], "ann", 3);  // its parent goes on
    }
    EXPECT_EQ(line.back().head({"account", "ann"}), version{1 + fork_depth_max});
    EXPECT_TRUE(verify(line.back()).damages.empty());
    EXPECT_EQ(fork_origin_of(line.back())->depth, fork_depth_max);
    expect_error(errc::invalid_argument, "depth 8", [&] { fork(line.back(), line.back().heads(), place_ / "fork9"); });
    EXPECT_FALSE(fs::exists(place_ / "fork9"));
    // A fork of a fork may leave it below where that one left its own parent.
    auto early = fork(line[2], cut{}, place_ / "early");
    EXPECT_EQ(append(early, "ann").value().version(), version{1});
}

TEST_F(sqlite_fork, refuses_a_parent_that_is_gone_or_another_or_restored_below_the_cut) {
    auto trunk = open();
    append(trunk, "ann");
    backup(trunk, place_ / "backup.store");
    append(trunk, "ann");
    { fork(trunk, trunk.heads(), place_ / "late.store"); }
    trunk.close();
    trunk = open("other.store");
    append(trunk, "ann", 5);
    fs::rename(place_ / "trunk.store", place_ / "moved.store");
    expect_error(errc::not_found, "its parent is not there", [&] { open("late.store"); });
    expect_error(errc::not_found, "its parent is not there", [&] { open("late.store", access::read_only); });
    restore(place_ / "backup.store", place_ / "trunk.store");
    expect_error(errc::foreign_file, "restored to before that", [&] { open("late.store"); });
    {
        auto restored = open();
        append(restored, "ann");  // as many events as there were, and others
    }
    expect_error(errc::foreign_file, "restored to before that", [&] { open("late.store"); });
    fs::remove_all(place_ / "trunk.store");
    fs::rename(place_ / "moved.store", place_ / "trunk.store");
    EXPECT_EQ(open("late.store").head({"account", "ann"}), version{2});
    trunk.close();
    trunk = open("third.store");
    fs::rename(place_ / "trunk.store", place_ / "moved.store");
    fs::rename(place_ / "other.store", place_ / "trunk.store");
    expect_error(errc::foreign_file, "another store is there", [&] { open("late.store"); });
}

TEST_F(sqlite_fork, goes_on_over_a_parent_that_was_restored_to_after_the_cut) {
    {
        auto trunk = open();
        append(trunk, "ann");
        fork(trunk, trunk.heads(), place_ / "what-if.store");
        append(trunk, "ann");
        backup(trunk, place_ / "backup.store");
    }
    fs::remove_all(place_ / "trunk.store");
    restore(place_ / "backup.store", place_ / "trunk.store");
    EXPECT_EQ(open("what-if.store").head({"account", "ann"}), version{1});
}

TEST_F(sqlite_fork, takes_no_place_that_is_taken_and_no_cut_that_is_not_there) {
    auto trunk = open();
    const auto then = tell(trunk);
    fork(trunk, then, place_ / "taken.store");
    expect_error(errc::already_exists, "taken.store", [&] { fork(trunk, then, place_ / "taken.store"); });
    fs::create_directory(place_ / "litter.store");
    std::ofstream(place_ / "litter.store/partition-0000.db") << "whose is it?";
    expect_error(errc::already_exists, "litter.store", [&] { fork(trunk, then, place_ / "litter.store"); });
    expect_error(errc::invalid_argument, "beyond the heads", [&] {
        fork(trunk, cut(std::vector{offset{100}, offset{}, offset{}, offset{}}), place_ / "never.store");
    });
    expect_error(errc::not_yet, "after now",
                 [&] { fork(trunk, recorded_at{clock_->now() + 24h}, place_ / "never.store"); });
    EXPECT_FALSE(fs::exists(place_ / "never.store"));
}

TEST_F(sqlite_fork, can_leave_at_a_moment_of_its_parent_alone) {
    auto trunk = open();
    const auto then = tell(trunk);
    const auto at = trunk.at(then);
    auto what_if = fork(trunk, at, place_ / "what-if.store");
    EXPECT_EQ(what_if.heads(), at.cut());
    EXPECT_EQ(what_if.at(then).history(), at.history());
    auto other = open("other.store");
    expect_error(errc::other_history, "another store", [&] { fork(other, at, place_ / "never.store"); });
}

TEST_F(sqlite_fork, can_be_backed_up_as_a_store_that_needs_no_parent) {
    auto trunk = open();
    const auto then = tell(trunk);
    {
        auto what_if = fork(trunk, then, place_ / "what-if.store");
        append(what_if, "ann", 2);
        backup(what_if, place_ / "backup.store");
    }
    restore(place_ / "backup.store", place_ / "whole.store");
    fs::rename(place_ / "trunk.store", place_ / "away");
    auto whole = open("whole.store");
    EXPECT_EQ(whole.head({"account", "ann"}), version{5});
    EXPECT_FALSE(fork_origin_of(whole));
    EXPECT_TRUE(verify(whole).damages.empty());
}

TEST_F(sqlite_fork, wakes_who_waits_for_it_and_not_for_its_trunk) {
    auto trunk = open();
    const auto then = tell(trunk);
    auto what_if = fork(trunk, then, place_ / "what-if.store");
    const auto seen = what_if.heads();
    append(trunk, "ann");
    EXPECT_EQ(what_if.wait_beyond(seen, 10ms), seen);
    const auto done = append(what_if, "ann").value();
    EXPECT_TRUE(what_if.wait_for(done.position, 10s));
    EXPECT_NE(what_if.wait_beyond(seen, 10s), seen);
}

/// Would have to be shown every event from the first on.
class late_comer final : public late_participant {
public:
    std::string_view name() const override { return "the late comer"; }
    bool catch_up(partition_id, commit_transaction&) override { return false; }
    std::optional<refusal> prepare(std::span<const event_view>, commit_transaction&) override { return std::nullopt; }
};

TEST_F(sqlite_fork, refuses_who_would_catch_up_with_half_of_its_events) {
    auto trunk = open();
    auto what_if = fork(trunk, tell(trunk), place_ / "what-if.store");
    expect_error(errc::unsupported, "the late comer", [&] { join_commits(what_if, std::make_shared<late_comer>()); });
}

TEST_F(sqlite_fork, runs_commands_and_answers_as_of_like_its_trunk) {
    auto trunk = open();
    repository<bank::account> accounts{trunk, {.snapshots = {.every = 10, .spacing = 30}}};
    const auto deposit = [](bank::account& a) { a.deposit(1); };
    for (int i = 0; i != 45; ++i) accounts.execute("ann", deposit);
    clock_->advance(1h);
    const recorded_at then{clock_->now()};
    clock_->advance(1h);
    for (int i = 0; i != 45; ++i) accounts.execute("ann", deposit);
    auto what_if = fork(trunk, then, place_ / "what-if.store");
    repository<bank::account> others{what_if, {.snapshots = {.every = 10, .spacing = 30}}};
    EXPECT_EQ(others.load("ann")->balance(), 45);
    EXPECT_EQ(others.snapshots().used, 1U);  // the trunk's at version 40, and none of those above the cut
    EXPECT_EQ(others.snapshots().discarded, 0U);
    others.execute("ann", [](bank::account& a) { a.deposit(500); });
    EXPECT_EQ(others.load("ann")->balance(), 545);
    EXPECT_EQ(others.as_of("ann", then)->balance(), 45);
    EXPECT_EQ(accounts.as_of("ann", then)->balance(), 45);
    EXPECT_EQ(accounts.load("ann")->balance(), 90);
    for (int i = 0; i != 30; ++i) others.execute("ann", deposit);
    EXPECT_GT(others.snapshots().kept, 0U);
    EXPECT_EQ(repository<bank::account>(what_if).load("ann")->balance(), 575);
}

}  // namespace fork_test
}  // namespace leftfold
