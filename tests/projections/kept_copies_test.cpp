// Replays that go on from copies which earlier ones kept.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "leftfold/projections/replay_as_of.hpp"
#include "projections/read_models.hpp"

namespace kept_copies_test {

using leftfold::errc;
using leftfold::recorded_at;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Balances without history, and a count of events in SQL.
template <int Revision>
class sums_of : public leftfold::projection<sums_of<Revision>, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "sums";
    static constexpr int revision = Revision;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "sums"};
    leftfold::sql_table seen{*this, "seen", "n INTEGER NOT NULL"};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        rows.at(at.key()).cents += e.cents * Revision;
        seen.execute("INSERT INTO seen VALUES (?1)", e.cents);
    }
    std::int64_t count() const {
        return std::get<0>(seen.template query<std::int64_t>("SELECT count(*) FROM seen").front());
    }
};
using sums = sums_of<1>;

/// One account, opened and paid into 19 times, a second apart.
class kept_copies : public read_models::fixture {
protected:
    kept_copies() {
        fill(store_, 1);
        clock_->advance(1h);
    }
    void fill(leftfold::event_store& store, std::int64_t cents) {
        times_.clear();
        for (int i = 0; i != 20; ++i) {
            clock_->advance(1s);
            times_.push_back((i == 0 ? bank::append(store, "ann", bank::opened{"Ann"})
                                     : bank::append(store, "ann", bank::deposited{cents}))
                                 .recorded);
        }
    }
    fs::path copies() const { return directory_ / "copies"; }
    leftfold::replay_options options(std::size_t every = 5, std::size_t at_most = 16) const {
        return {.copies = {.in = copies(), .every = every, .at_most = at_most}};
    }
    std::set<std::int64_t> kept() const {
        std::set<std::int64_t> events;
        for (const auto& entry : fs::directory_iterator(copies())) {
            const auto name = entry.path().filename().string();  // sums.MICROS.EVENTS.CRC
            const auto from = name.find('.', name.find('.') + 1) + 1;
            events.insert(std::stoll(name.substr(from)));
        }
        return events;
    }
    /// Asks as of the event of that number, and expects what a fold without copies gives.
    template <class Projection = sums>
    std::int64_t folded(std::size_t number, const leftfold::replay_options& asked) {
        const auto found = leftfold::replay_as_of<Projection>(store_, times_[number - 1], asked);
        const auto plain = leftfold::replay_as_of<Projection>(store_, times_[number - 1]);
        EXPECT_EQ(found->rows.all(), plain->rows.all()) << number;
        EXPECT_EQ(found->count(), plain->count()) << number;
        EXPECT_EQ(found.events(), static_cast<std::int64_t>(number));
        return found.folded();
    }

    leftfold::event_store store_ = make_store();
    std::vector<recorded_at> times_;
};

TEST_F(kept_copies, let_a_replay_begin_at_the_nearest_one) {
    EXPECT_EQ(folded(20, options()), 20) << "the first one folds all";
    EXPECT_EQ(kept(), (std::set<std::int64_t>{5, 10, 15, 20}));
    EXPECT_EQ(folded(20, options()), 0);
    EXPECT_EQ(folded(17, options()), 2);
    EXPECT_EQ(folded(15, options()), 0);
    EXPECT_EQ(folded(14, options()), 4);
    EXPECT_EQ(folded(3, options()), 3) << "before the first copy";
    EXPECT_EQ(kept(), (std::set<std::int64_t>{5, 10, 15, 20}));
    const auto then = store_.at(times_[11]);
    EXPECT_EQ(leftfold::replay_as_of<sums>(store_, then, options()).folded(), 2) << "for moments too";
    EXPECT_EQ(leftfold::replay_as_of<sums>(store_, leftfold::occurred_at::max(), options()).folded(), 20)
        << "but not for what occurred";
}

TEST_F(kept_copies, give_the_rows_of_a_fold_whatever_is_asked_in_whatever_order) {
    for (const std::size_t number : {7U, 20U, 1U, 13U, 12U, 19U, 20U, 2U, 16U, 4U, 9U, 18U})
        folded(number, options(3, 4));
    EXPECT_LE(kept().size(), 4U);
}

TEST_F(kept_copies, are_thinned_where_they_are_densest) {
    EXPECT_EQ(folded(20, options(2, 3)), 20);
    const auto left = kept();
    EXPECT_EQ(left.size(), 3U);
    EXPECT_TRUE(left.contains(20)) << "the newest stays";
    EXPECT_LE(*left.begin(), 12) << "and they are not all at the end";
}

TEST_F(kept_copies, that_are_damaged_are_removed_and_count_for_nothing) {
    folded(20, options());
    for (const auto& entry : fs::directory_iterator(copies())) {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) - 40));
        file.put('\x7f');
    }
    EXPECT_EQ(folded(20, options()), 20);
    EXPECT_EQ(kept(), (std::set<std::int64_t>{5, 10, 15, 20})) << "and made anew";
    EXPECT_EQ(folded(20, options()), 0);
}

TEST_F(kept_copies, of_other_code_or_another_store_count_for_nothing) {
    folded(20, options());
    EXPECT_EQ(folded<sums_of<2>>(20, options()), 20);
    EXPECT_EQ(folded<sums_of<2>>(20, options()), 0);
    auto other = make_store();
    fill(other, 7);
    clock_->advance(1h);
    const auto of_other = leftfold::replay_as_of<sums_of<2>>(other, times_.back(), options());
    EXPECT_EQ(of_other.folded(), 20);
    EXPECT_EQ(of_other->rows.find("ann")->cents, 19 * 7 * 2);
}

TEST_F(kept_copies, that_cannot_be_kept_are_told_of_and_the_answer_is_right) {
    std::ofstream(copies()) << "a file, where the directory should be";
    EXPECT_EQ(folded(20, options()), 20);
    ASSERT_FALSE(warnings_->told().empty());
    EXPECT_EQ(warnings_->told().front().find("no copy of projection sums is kept in "), 0U)
        << warnings_->told().front();
    EXPECT_EQ(read_models::code_of([&] { folded(20, options(0)); }), errc::invalid_argument);
}

}  // namespace kept_copies_test
