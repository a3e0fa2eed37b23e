// A fork against a plain copy of its trunk up to the cut: whatever is done to both ends alike, to the byte.

#include <gtest/gtest.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/testing/world.hpp"
#include "sqlite/store_copy.hpp"
#include "support/property.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace fork_property_test {

using test_support::dice;

constexpr std::uint32_t partitions = 3;

/// An append as a story has it, which can be made to any store.
struct random_append {
    stream_id stream;
    expected_version expected = expected_version::any();
    std::vector<event_data> events;
    attempt how = attempt::first;
};

std::string text_of(const append_result& outcome) {
    if (!outcome) {
        const auto& lost = outcome.error();
        return "conflict " + to_string(lost.stream) + " " + std::to_string(lost.actual.value()) + " missed " +
               std::to_string(lost.missed.size()) +
               (lost.missed.empty() ? "" : " to " + to_string(lost.missed.back().position()));
    }
    return "stored " + to_string(outcome->position) + " version " + std::to_string(outcome->version().value()) +
           " at " + std::to_string(outcome->recorded.micros()) + (outcome->repeated ? " again" : "");
}

std::string done_to(event_store& store, const random_append& what) {
    try {
        return text_of(store.append(what.stream, what.expected, what.events, {.attempt = what.how}));
    } catch (const error& refused) {
        return "refused " + std::to_string(static_cast<int>(refused.kind()));
    }
}

std::vector<recorded_event> all_of(event_store& store, partition_id partition, const page_limits& limits) {
    std::vector<recorded_event> all;
    page_end end;
    while (!end.at_end)
        end = store.read_partition(partition, end.scanned_to, limits, {}, payloads::read, [&](const event_view& event) {
            all.emplace_back(event);
            return true;
        });
    return all;
}

/// A trunk, a fork of it at some cut, and a plain copy up to the same cut.
class three_stores {
public:
    explicit three_stores(std::vector<dice>& steps) {
        std::size_t before = steps.size() / 2;
        for (std::size_t i = 0; i != before; ++i) step_of_trunk(steps[i]);
        clock_->advance(std::chrono::seconds{1});
        const auto at = some_cut(before < steps.size() ? steps[before] : dice(7));
        fork_.emplace(fork(trunk_, at, place_ / "fork.store", {.store = {.world = world()}}));
        copy_up_to(at);
        for (auto i = before; i != steps.size(); ++i) step_of_all(steps[i]);
        compare(steps.empty() ? dice(11) : steps.back());
    }

private:
    environment world() const { return {.clock = clock_, .random = std::make_shared<testing::seeded_random>(3)}; }

    stream_id some_stream(dice& roll) {
        return {roll.roll(2) == 0 ? "account" : "card", std::string(1, static_cast<char>('a' + roll.roll(5)))};
    }

    random_append some_append(dice& roll, const std::string& payload) {
        random_append what{.stream = some_stream(roll), .events = {}};
        const version at(static_cast<std::int64_t>(roll.roll(6)));
        what.expected =
            roll.pick(std::vector{expected_version::any(), expected_version::any(), expected_version::none(),
                                  expected_version::exists(), expected_version::exactly(at)});
        for (auto n = 1 + roll.roll(3); n != 0; --n) {
            event_data event("bank.deposited", payload);
            event.id = !ids_.empty() && roll.roll(6) == 0 ? roll.pick(ids_) : derive_event_id(std::to_string(++made_));
            ids_.push_back(event.id);
            what.events.push_back(std::move(event));
        }
        if (roll.roll(4) == 0) what.how = attempt::retry;
        return what;
    }

    void step_of_trunk(dice roll) {
        clock_->advance(std::chrono::milliseconds{roll.roll(3)});
        done_to(trunk_, some_append(roll, R"({"of":"the trunk"})"));
    }

    void step_of_all(dice roll) {
        if (roll.roll(3) == 0) return step_of_trunk(roll);
        if (roll.roll(12) == 0) reopen();
        if (roll.roll(12) == 0) fork_->index().rebuild(partition_id{0});
        clock_->advance(std::chrono::milliseconds{roll.roll(3)});
        auto what = some_append(roll, R"({"of":"the fork"})");
        if (!last_.events.empty() && roll.roll(5) == 0) what = last_;
        RC_ASSERT(done_to(*fork_, what) == done_to(*copy_, what));
        last_ = what;
    }

    cut some_cut(dice roll) {
        if (roll.roll(2) == 0) {
            const auto heads = trunk_.heads();
            cut at(partitions);
            for (std::uint32_t p = 0; p != partitions; ++p)
                at.set(partition_id(p), offset(static_cast<std::int64_t>(roll.roll(
                                            static_cast<std::size_t>(heads.at(partition_id(p)).value()) + 1))));
            return at;
        }
        const auto back = static_cast<std::int64_t>(roll.roll(1'030'000));
        return trunk_.cut_at(recorded_at::from_micros(clock_->wall_us() - back));
    }

    void copy_up_to(const cut& at) {
        {
            store_copy copy(place_ / "copy.store", open_mode::create, partitions, {fork_->id(), fork_->epoch()});
            for (std::uint32_t p = 0; p != partitions; ++p) {
                event_page page;
                trunk_.read_partition(partition_id(p), {}, {.up_to = at.at(partition_id(p))}, {}, payloads::read,
                                      [&](const event_view& event) {
                                          page.add(event);
                                          return true;
                                      });
                if (!page.empty()) copy.append(partition_id(p), page.events());
            }
            copy.finish();
        }
        copy_.emplace(open_sqlite(place_ / "copy.store", {.store = {.world = world()}}));
    }

    void reopen() {
        fork_.reset();
        fork_.emplace(open_sqlite(place_ / "fork.store", {.store = {.world = world()}}));
    }

    void compare(dice roll) {
        RC_ASSERT(fork_->heads() == copy_->heads());
        const page_limits small{.events = 1 + roll.roll(7), .scanned = 1 + roll.roll(9)};
        for (std::uint32_t p = 0; p != partitions; ++p) {
            const partition_id partition(p);
            const auto all = all_of(*copy_, partition, {});
            RC_ASSERT(all_of(*fork_, partition, {}) == all);
            RC_ASSERT(all_of(*fork_, partition, small) == all);
            for (const auto& event : all) RC_ASSERT(fork_->offset_at(partition, event.recorded) == event.at);
        }
        for (const auto* category : {"account", "card"})
            for (char key = 'a'; key != 'f'; ++key) compare_stream({category, std::string(1, key)}, roll);
        compare_as_of(roll);
    }

    void compare_stream(const stream_id& stream, dice& roll) {
        RC_ASSERT(fork_->head(stream) == copy_->head(stream));
        for (int i = 0; i != 3; ++i) {
            const stream_read how{.from = version(static_cast<std::int64_t>(roll.roll(9))),
                                  .way = roll.roll(2) == 0 ? direction::forward : direction::backward,
                                  .count = 1 + roll.roll(12)};
            RC_ASSERT(fork_->read_stream(stream, how) == copy_->read_stream(stream, how));
        }
        for (const auto& id : ids_) RC_ASSERT(fork_->find_event(stream, id) == copy_->find_event(stream, id));
    }

    void compare_as_of(dice& roll) {
        for (int i = 0; i != 5; ++i) {
            const auto when =
                recorded_at::from_micros(clock_->wall_us() - static_cast<std::int64_t>(roll.roll(1'100'000)));
            RC_ASSERT(fork_->cut_at(when) == copy_->cut_at(when));
        }
    }

    test_support::temporary_directory place_{test_support::temporary_directory::where::in_memory};
    std::shared_ptr<testing::manual_clock> clock_ = std::make_shared<testing::manual_clock>();
    event_store trunk_ = open_sqlite(place_ / "trunk.store", {.partitions = partitions, .store = {.world = world()}});
    std::optional<event_store> fork_;
    std::optional<event_store> copy_;
    std::vector<event_id> ids_;
    random_append last_;
    int made_ = 0;
};

TEST(sqlite_fork_property, a_fork_is_what_a_copy_up_to_the_cut_is) {
    test_support::check_property("a_fork_is_what_a_copy_is", 150,
                                 [](std::vector<dice>& steps) { three_stores story(steps); });
}

}  // namespace fork_property_test
}  // namespace leftfold
