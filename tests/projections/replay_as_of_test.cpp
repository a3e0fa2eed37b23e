// Read models as of any time on either axis, by replay: the rows of a naive fold at the time of every event.

#include "leftfold/projections/replay_as_of.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <tuple>

#include "framework/expect_error.hpp"
#include "framework/random_story.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "support/temporary_directory.hpp"

namespace replay_as_of_test {

using leftfold::errc;
using leftfold::occurred_at, leftfold::recorded_at;
using namespace std::chrono_literals;

/// What went into an account, in the order in which it was folded; and into all together, under the name of `*`.
struct moves_row {
    std::string account;
    std::vector<std::int64_t> moves;

    friend bool operator==(const moves_row&, const moves_row&) = default;
};
BOOST_DESCRIBE_STRUCT(moves_row, (), (account, moves))

template <class Derived>
class moves_of : public leftfold::projection<Derived, bank::deposited> {
public:
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        for (const auto& name : {at.key(), std::string("*")}) {
            auto row = derived().rows.find(name).value_or(moves_row{name, {}});
            row.moves.push_back(e.cents);
            derived().rows.put(std::move(row));
        }
    }

private:
    Derived& derived() { return static_cast<Derived&>(*this); }
};

class moves : public moves_of<moves> {
public:
    static constexpr auto projection_name = "moves";
    using ignored = leftfold::ignores_others;
    leftfold::table<moves_row, &moves_row::account> rows{*this, "moves"};
};

class moves_with_history : public moves_of<moves_with_history> {
public:
    static constexpr auto projection_name = "moves_with_history";
    static constexpr auto category = "account";
    leftfold::table<moves_row, &moves_row::account> rows{*this, "moves_with_history", {.history = true}};
};

using rows_of_fold = std::vector<moves_row>;

/// Every event of a story, as the store has it.
std::vector<leftfold::recorded_event> events_of(const random_story& story) {
    std::vector<leftfold::recorded_event> all;
    auto& store = story.store();
    store.read_all(leftfold::cut{}, store.heads(), {}, leftfold::payloads::read,
                   [&](const leftfold::event_view& event) {
                       all.emplace_back(event);
                       return true;
                   });
    return all;
}

rows_of_fold naive_fold(std::vector<leftfold::recorded_event> events, std::optional<recorded_at> known,
                        std::optional<occurred_at> when) {
    std::erase_if(events, [&](const auto& event) {
        return (known && event.recorded > *known) || (when && event.occurred > *when);
    });
    if (when)
        std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
            return std::tie(a.occurred, a.recorded) < std::tie(b.occurred, b.recorded);
        });
    std::map<std::string, std::vector<std::int64_t>> rows;
    for (const auto& event : events)
        for (const auto& name : {event.stream.key(), std::string("*")})
            rows[name].push_back(leftfold::decode_json<bank::deposited>(event.payload).cents);
    rows_of_fold all;
    for (auto& [name, made] : rows) all.push_back({name, std::move(made)});
    return all;
}

class replay_as_of : public testing::Test {
protected:
    leftfold::replay_options options() const { return {.scratch = place_.path()}; }
    std::ptrdiff_t left_behind() const {
        return std::distance(std::filesystem::directory_iterator(place_.path()), std::filesystem::directory_iterator());
    }

    leftfold::test_support::temporary_directory place_{leftfold::test_support::temporary_directory::where::in_memory};
};

TEST_F(replay_as_of, gives_the_rows_of_a_naive_fold_at_the_time_of_every_event_on_every_axis) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = 12;
    params.maxSize = 12;
    rc::detail::TestMetadata metadata;
    metadata.id = metadata.description = "replays and naive folds are equal";
    const auto result = rc::detail::checkTestable(
        [&] {
            const random_story story{*any_story()};
            auto& store = story.store();
            const auto events = events_of(story);
            leftfold::projection_engine engine{store};
            const leftfold::test_support::temporary_directory views(
                leftfold::test_support::temporary_directory::where::in_memory);
            const auto& live = engine.add<moves_with_history>({.database = views.path() / "views.db"});
            engine.catch_up();
            for (const auto& event : events) {
                const auto known = event.recorded;
                const auto when = event.occurred;
                const auto middle = events[events.size() / 2].recorded;
                const auto then = store.at(known);
                const auto expected = naive_fold(events, known, {});
                const auto replay = [&](const auto&... asked) {
                    return leftfold::replay_as_of<moves>(store, asked..., options())->rows.all();
                };
                RC_ASSERT(replay(known) == expected);
                RC_ASSERT(replay(then) == expected);
                RC_ASSERT(live.rows.as_of(known).all() == expected);
                RC_ASSERT(replay(when) == naive_fold(events, {}, when));
                RC_ASSERT(replay(middle, when) == naive_fold(events, middle, when));
                RC_ASSERT(replay(then, when) == naive_fold(events, known, when));
                RC_ASSERT(leftfold::replay_as_of<moves_with_history>(store, known, when, options())->rows.all() ==
                          naive_fold(events, known, when));
            }
        },
        metadata, params);
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text.str();
    EXPECT_EQ(left_behind(), 0) << "scratch directories go with their answers";
}

/// Three deposits of one account; the second was entered late.
class replay_of_three : public replay_as_of {
protected:
    replay_of_three() {
        deposit(1, {});
        deposit(2, occurred_at{start_ - 24h});
        deposit(3, {});
        store_.advance(1h);
    }
    void deposit(std::int64_t cents, std::optional<occurred_at> when) {
        store_.advance(1h);
        accounts_.execute("ann", [&](bank::account& a) { a.deposit(cents); }, {.occurred = when});
    }
    std::vector<std::int64_t> all(const leftfold::replayed<moves>& of) const { return of->rows.find("*")->moves; }

    leftfold::testing::store store_{{.partitions = 2}};
    leftfold::repository<bank::account> accounts_{store_};
    const leftfold::instant start_ = store_.now();
};

TEST_F(replay_of_three, says_which_events_it_rests_on_and_answers_alike_after_more_came) {
    const recorded_at known{start_ + 150min};
    const auto first = leftfold::replay_as_of<moves>(store_, known, options());
    EXPECT_EQ(all(first), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(first.cut(), store_.cut_at(known));
    EXPECT_EQ(first.events(), 2);
    const auto then = store_.at(known);
    deposit(4, occurred_at{start_ - 48h});
    store_.advance(1h);
    EXPECT_EQ(all(leftfold::replay_as_of<moves>(store_, known, options())), all(first));
    EXPECT_EQ(all(leftfold::replay_as_of<moves>(store_, then, options())), all(first));
    EXPECT_EQ(all(leftfold::replay_as_of<moves>(store_, then, occurred_at::max(), options())),
              (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(all(leftfold::replay_as_of<moves>(store_, occurred_at::max(), options())),
              (std::vector<std::int64_t>{4, 2, 1, 3}))
        << "what is known now";
}

TEST_F(replay_of_three, answers_for_its_own_time_alone) {
    const auto of = leftfold::replay_as_of<moves_with_history>(store_, recorded_at{start_ + 150min}, options());
    expect_error(errc::unsupported, "replay it as of that", [&] { of->rows.as_of(recorded_at{start_ + 90min}); });
}

TEST_F(replay_of_three, refuses_times_to_come_foreign_moments_and_more_events_than_it_may_sort) {
    expect_error(errc::not_yet, "after now",
                 [&] { leftfold::replay_as_of<moves>(store_, recorded_at{store_.now() + 1h}, options()); });
    leftfold::testing::store other{{.seed = 2}};
    other.advance_to(store_.now());
    const auto foreign = other.at(recorded_at{start_});
    expect_error(errc::other_history, "another store",
                 [&] { leftfold::replay_as_of<moves>(store_, foreign, options()); });
    expect_error(errc::other_history, "another store",
                 [&] { leftfold::replay_as_of<moves>(store_, foreign, occurred_at::max(), options()); });
    auto few = options();
    few.sorted_events_max = 2;
    expect_error(errc::projection_stopped, "replay_options::sorted_events_max",
                 [&] { leftfold::replay_as_of<moves>(store_, occurred_at::max(), few); });
    EXPECT_EQ(leftfold::replay_as_of<moves>(store_, occurred_at{start_ + 90min}, few).events(), 2);
    EXPECT_EQ(leftfold::replay_as_of<moves>(store_, recorded_at{store_.now()}, few).events(), 3) << "no order to make";
}

TEST_F(replay_of_three, names_the_event_that_cannot_be_folded) {
    accounts_.execute("ann", [](bank::account& a) { a.open("Ann"); });
    store_.advance(1h);
    expect_error(errc::projection_stopped, "bank.account_opened", [&] {
        leftfold::replay_as_of<moves_with_history>(store_, recorded_at{store_.now() - 1min}, options());
    });
    EXPECT_EQ(left_behind(), 0);
}

TEST_F(replay_of_three, tells_how_far_it_is_and_takes_a_store_that_is_empty) {
    std::vector<std::int64_t> told;
    auto telling = options();
    telling.progress = [&](std::int64_t folded) { told.push_back(folded); };
    leftfold::replay_as_of<moves>(store_, recorded_at{store_.now()}, telling);
    EXPECT_EQ(told, std::vector<std::int64_t>{3});
    leftfold::testing::store empty;
    EXPECT_EQ(leftfold::replay_as_of<moves>(empty, occurred_at::max(), options())->rows.count(), 0);
    EXPECT_EQ(leftfold::replay_as_of<moves>(empty, recorded_at{empty.now()}, options())->rows.count(), 0);
}

}  // namespace replay_as_of_test
