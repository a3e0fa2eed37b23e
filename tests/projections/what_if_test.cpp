// Read models over a fork: what would they show if something else had happened, or if the code were another?

#include <gtest/gtest.h>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/table_diff.hpp"
#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "projections/fixed_bank.hpp"
#include "support/temporary_directory.hpp"

namespace what_if_test {

using bank::balance;
using leftfold::recorded_at;
using namespace std::chrono_literals;

/// A bank whose clock is turned by hand, and forks of it.
class what_if : public testing::Test {
protected:
    template <class Event>
    recorded_at append(leftfold::event_store& store, const std::string& account, const Event& event) {
        clock_->advance(1s);
        return bank::append(store, account, event).recorded;
    }

    /// Folds a projection over a store into a database of its own, and keeps it going.
    template <class Projection>
    class model {
    public:
        model(leftfold::event_store& store, const std::filesystem::path& database)
            : engine_(store), read_(engine_.template add<Projection>({.database = database})) {
            engine_.catch_up();
        }
        auto as_of(recorded_at when) const { return read_.rows.as_of(when); }
        void catch_up() { engine_.catch_up(); }

    private:
        leftfold::projection_engine engine_;
        const Projection& read_;
    };

    leftfold::test_support::temporary_directory place_;
    std::shared_ptr<leftfold::testing::manual_clock> clock_ = std::make_shared<leftfold::testing::manual_clock>();
    leftfold::event_store trunk_ =
        leftfold::open_sqlite(place_ / "bank.store", {.partitions = 2, .store = {.world = {.clock = clock_}}});
};

TEST_F(what_if, tells_what_would_have_become_of_the_rows) {
    append(trunk_, "alice", bank::opened{"Alice"});
    const auto march = append(trunk_, "bob", bank::opened{"Bob"});
    append(trunk_, "alice", bank::deposited{70});
    append(trunk_, "carol", bank::opened{"Carol"});

    auto fork = leftfold::fork(trunk_, march, place_ / "what-if.store");
    append(fork, "bob", bank::deposited{500});
    const auto now = append(fork, "dora", bank::opened{"Dora"});
    append(trunk_, "bob", bank::deposited{1});  // the trunk goes on meanwhile
    append(trunk_, "bob", bank::deposited{2});

    const model<bank::balances> happened(trunk_, place_ / "bank.db");
    const model<bank::balances> imagined(fork, place_ / "what-if.db");
    EXPECT_TRUE(leftfold::diff(happened.as_of(march), imagined.as_of(march)).empty());
    const auto found = leftfold::diff(happened.as_of(now), imagined.as_of(now));
    EXPECT_EQ(found.deleted, (std::vector<balance>{{"carol", 0}}));
    EXPECT_EQ(found.inserted, (std::vector<balance>{{"dora", 0}}));
    ASSERT_EQ(found.changed.size(), 2U);
    EXPECT_EQ(to_string(found.changed[0].changes.at(0)), "$.cents: 70 → 0");
    EXPECT_EQ(to_string(found.changed[1].changes.at(0)), "$.cents: 0 → 500");
}

TEST_F(what_if, shows_what_other_code_makes_of_the_same_past) {
    for (const auto* account : {"alice", "bob"}) {
        append(trunk_, account, bank::opened{account});
        append(trunk_, account, bank::deposited{7});
    }
    const auto now = append(trunk_, "bob", bank::withdrawn{2});
    auto fork = leftfold::fork(trunk_, now, place_ / "what-if.store");

    leftfold::projection_engine engine{trunk_};
    leftfold::projection_engine other{fork};
    const auto& is = engine.add<bank::balances>({.database = place_ / "bank.db"});
    const auto& might_be = other.add<bank::fixed>({.database = place_ / "what-if.db"});
    engine.catch_up();
    other.catch_up();
    const auto found = leftfold::diff(is.rows.as_of(now), might_be.rows.as_of(now));

    EXPECT_TRUE(found.inserted.empty());
    EXPECT_TRUE(found.deleted.empty());
    ASSERT_EQ(found.changed.size(), 2U);
    EXPECT_EQ(found.changed[0].after, (balance{"alice", 700}));
    EXPECT_EQ(found.changed[1].after, (balance{"bob", 500}));
}

TEST_F(what_if, of_a_what_if_folds_the_past_of_both) {
    append(trunk_, "alice", bank::opened{"Alice"});
    const auto first = append(trunk_, "alice", bank::deposited{1});
    auto fork = leftfold::fork(trunk_, first, place_ / "what-if.store");
    const auto second = append(fork, "alice", bank::deposited{10});
    auto fork_of_fork = leftfold::fork(fork, second, place_ / "what-if-of-that.store");
    const auto third = append(fork_of_fork, "alice", bank::deposited{100});
    append(trunk_, "alice", bank::deposited{1'000});

    model<bank::balances> imagined(fork_of_fork, place_ / "models.db");
    const auto cents = [&](recorded_at when) { return imagined.as_of(when).find("alice").value().cents; };
    EXPECT_EQ(cents(first), 1);
    EXPECT_EQ(cents(second), 11);
    EXPECT_EQ(cents(third), 111);
    const auto later = append(fork_of_fork, "alice", bank::deposited{1'000});
    imagined.catch_up();
    EXPECT_EQ(cents(later), 1'111);
}

TEST_F(what_if, keeps_its_rows_apart_from_those_of_its_parent) {
    append(trunk_, "alice", bank::opened{"Alice"});
    const auto march = append(trunk_, "alice", bank::deposited{7});
    { const model<bank::balances> happened(trunk_, place_ / "bank.db"); }
    auto fork = leftfold::fork(trunk_, march, place_ / "what-if.store");
    const auto now = append(fork, "alice", bank::deposited{500});
    // The database says which store its rows are of: over another they are made anew, and not gone on with.
    const model<bank::balances> imagined(fork, place_ / "bank.db");
    EXPECT_EQ(imagined.as_of(now).find("alice").value().cents, 507);
}

}  // namespace what_if_test
