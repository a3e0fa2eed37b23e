// Where a projection that is new begins, and begins again: docs/projections.md, "Where it begins".

#include "leftfold/projections/start.hpp"

#include <gtest/gtest.h>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "projections/read_models.hpp"

namespace start_test {

using leftfold::errc;
using leftfold::start_at;
using read_models::code_of;

/// Adds up what each account got since it began, whoever opened it and when.
template <int Revision>
class takings : public leftfold::projection<takings<Revision>, bank::deposited> {
public:
    static constexpr auto projection_name = "takings";
    static constexpr int revision = Revision;
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "takings", {.history = true}};

    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (!rows.find(at.key())) rows.insert({at.key(), 0});
        rows.at(at.key()).cents += e.cents;
    }
};

/// The same, in memory.
class taken : public leftfold::projection<taken, bank::deposited> {
public:
    static constexpr auto projection_name = "taken";
    using ignored = leftfold::ignores_others;
    void on(const bank::deposited& e) { cents += e.cents; }
    std::int64_t cents = 0;
};

/// Parks what is not to its taste.
class picky : public leftfold::projection<picky, bank::deposited> {
public:
    static constexpr auto projection_name = "picky";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "picked"};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (e.cents == 13 && !is_brave) throw std::runtime_error("not thirteen");
        rows.put({at.key(), e.cents + (rows.find(at.key()) ? rows.find(at.key())->cents : 0)});
    }
    static inline bool is_brave = false;
};

class projection_start : public read_models::fixture {
protected:
    /// Six deposits, an hour between them, to two accounts: 1, 2, 4, 8, 16 and 32 cents.
    projection_start() {
        for (int i = 0; i != 6; ++i) {
            clock_->advance(std::chrono::hours{1});
            done_.push_back(bank::append(store_, i % 2 == 0 ? "alice" : "bob", bank::deposited{1 << i}));
        }
    }
    leftfold::projection_options from(start_at start) const { return {.database = file(), .start = std::move(start)}; }
    /// What all accounts have together in a projection that is new and begins there.
    std::int64_t sum(start_at start) {
        const auto place = directory_ / fmt_name();
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<takings<1>>({.database = place, .start = std::move(start)});
        engine.catch_up();
        std::int64_t cents = 0;
        read.rows.for_each([&](const bank::balance& row) { cents += row.cents; });
        return cents;
    }
    errc refusal(start_at start, std::string* text = nullptr) {
        return code_of([&] { sum(std::move(start)); }, text);
    }

    leftfold::event_store store_ = make_store();
    std::vector<leftfold::appended> done_;

private:
    std::string fmt_name() { return "views" + std::to_string(++made_) + ".db"; }
    int made_ = 0;
};

TEST_F(projection_start, is_the_first_event_or_the_end_or_a_cut_or_an_event_or_a_time_or_a_duration_back) {
    const std::int64_t all = 63;
    EXPECT_EQ(sum(start_at::earliest()), all);
    EXPECT_EQ(sum(start_at::latest()), 0);
    for (int i = 0; i != 6; ++i) {
        const auto& first = done_[static_cast<std::size_t>(i)];
        const auto rest = all - ((1 << i) - 1);
        EXPECT_EQ(sum(start_at::time(first.recorded)), rest) << "from the event of that time on";
        EXPECT_EQ(sum(start_at::event(first.position)), rest) << "whatever the other partitions hold from then on";
        EXPECT_EQ(sum(start_at::after(store_.cut_at(first.recorded))), rest - (1 << i));
        EXPECT_EQ(sum(start_at::ago(std::chrono::hours{5 - i} + std::chrono::minutes{30})), rest)
            << "half an hour before the event";
    }
    EXPECT_EQ(sum(start_at::after(leftfold::cut(store_.partitions()))), all);
    EXPECT_EQ(sum(start_at::time(leftfold::recorded_at::min())), all);
    EXPECT_EQ(sum(start_at::time(leftfold::recorded_at::from_micros(1))), all) << "before the first event is a place";
    EXPECT_EQ(sum(start_at::ago(std::chrono::microseconds::max())), all);
    EXPECT_EQ(sum(start_at::after(store_.heads()).of(store_.id())), 0);
}

TEST_F(projection_start, that_is_not_there_is_an_error_which_names_the_place) {
    std::string text;
    auto beyond = store_.heads();
    beyond.set(leftfold::partition_id{0}, beyond.at(leftfold::partition_id{0}).plus(5));
    EXPECT_EQ(refusal(start_at::after(beyond), &text), errc::not_found);
    EXPECT_NE(text.find("the store ends at " + to_string(store_.heads())), std::string::npos) << text;
    EXPECT_EQ(refusal(start_at::event({leftfold::partition_id{0}, leftfold::offset{}}), &text), errc::not_found);
    EXPECT_NE(text.find("starting at event 0:0: the partition has events 1 to"), std::string::npos) << text;
    EXPECT_EQ(refusal(start_at::event({leftfold::partition_id{0}, leftfold::offset{99}})), errc::not_found);
    EXPECT_EQ(refusal(start_at::time(leftfold::recorded_at{clock_->now() + std::chrono::hours{1}}), &text),
              errc::not_yet);
    EXPECT_EQ(refusal(start_at::after(store_.heads()).of(leftfold::event_id{}), &text), errc::not_found);
    EXPECT_NE(text.find("starting at a place of the store 00000000"), std::string::npos) << text;
    EXPECT_EQ(refusal(start_at::ago(std::chrono::seconds{-1}), &text), errc::invalid_argument);
    EXPECT_EQ(refusal(start_at::after(leftfold::cut(store_.partitions() + 1)).or_nearest()), errc::invalid_argument);
    EXPECT_EQ(refusal(start_at::event({leftfold::partition_id{4'000}, leftfold::offset{1}}).or_nearest()),
              errc::invalid_argument);
}

TEST_F(projection_start, that_is_not_there_is_the_nearest_place_by_option_and_the_observer_is_told) {
    auto beyond = store_.heads();
    beyond.set(leftfold::partition_id{0}, beyond.at(leftfold::partition_id{0}).plus(5));
    EXPECT_EQ(sum(start_at::after(beyond).or_nearest()), 0);
    ASSERT_EQ(warnings_->told().size(), 1U);
    EXPECT_NE(warnings_->told()[0].find("projection takings begins at"), std::string::npos) << warnings_->told()[0];
    EXPECT_EQ(sum(start_at::event({leftfold::partition_id{0}, leftfold::offset{}}).or_nearest()), 63);
    EXPECT_EQ(sum(start_at::time(leftfold::recorded_at{clock_->now() + std::chrono::hours{1}}).or_nearest()), 0);
    EXPECT_EQ(sum(start_at::after(store_.heads()).of(leftfold::event_id{}).or_nearest()), 63);
    EXPECT_EQ(warnings_->told().size(), 4U);
}

TEST_F(projection_start, is_kept_beside_the_checkpoint_so_that_a_restart_goes_on_from_it) {
    const auto later = [&](start_at start) {
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<takings<1>>(from(std::move(start)));
        engine.catch_up();
        return read.rows.find("alice") ? read.rows.find("alice")->cents : 0;
    };
    EXPECT_EQ(later(start_at::latest()), 0);
    bank::append(store_, "alice", bank::deposited{100});
    EXPECT_EQ(later(start_at::latest()), 100) << "the start is not looked at again";
    EXPECT_EQ(later(start_at::earliest()), 100);
}

TEST_F(projection_start, is_where_a_rebuild_begins) {
    int made = 0;
    for (const auto& kind : {"latest", "cut", "duration"}) {
        SCOPED_TRACE(kind);
        clock_->advance(std::chrono::hours{1});
        const auto start = kind == std::string_view("latest") ? start_at::latest()
                           : kind == std::string_view("cut")  ? start_at::after(store_.heads())
                                                              : start_at::ago(std::chrono::hours{0});
        const leftfold::projection_options options{.database = directory_ / ("v" + std::to_string(++made)),
                                                   .start = start};
        leftfold::recorded_at since;
        {
            leftfold::projection_engine engine{store_};
            engine.add<takings<1>>(options);
            since = engine.status<takings<1>>().since;
        }
        const auto done = bank::append(store_, "alice", bank::deposited{100});
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<takings<2>>({.database = options.database});
        engine.catch_up();
        EXPECT_EQ(read.rows.find("alice")->cents, 100) << "neither all, nor nothing";
        EXPECT_EQ(engine.status<takings<2>>().since, since);
        EXPECT_EQ(engine.status<takings<2>>().generation, 2);
        EXPECT_EQ(read.rows.as_of(done.recorded).find("alice")->cents, 100);
    }
}

TEST_F(projection_start, decides_since_when_the_past_can_be_told) {
    const auto start = done_[3].recorded;
    const auto before = leftfold::recorded_at::from_micros(start.micros() - 1);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<takings<1>>(from(start_at::time(start)));
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(start).find("bob")->cents, 8);
    EXPECT_EQ(read.rows.as_of(start).find("alice"), std::nullopt);
    std::string text;
    EXPECT_EQ(code_of([&] { read.rows.as_of(before); }, &text), errc::before_history);
    EXPECT_NE(text.find(leftfold::to_rfc3339(start.time())), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { read.rows.as_of(store_.cut_at(before)); }), errc::before_history);

    const auto opened = leftfold::open_read_model<takings<1>>(file());
    EXPECT_EQ(opened.status().since, start);
    EXPECT_EQ(opened->rows.as_of(start).find("bob")->cents, 8);
    EXPECT_EQ(code_of([&] { opened->rows.as_of(before); }), errc::before_history);

    leftfold::sql_reader sql{file()};
    const auto count = [&](leftfold::recorded_at when) {
        return sql.query<std::int64_t>("SELECT count(*) FROM takings_as_of(?1)", when.micros());
    };
    EXPECT_EQ(std::get<0>(count(start).at(0)), 1);
    EXPECT_EQ(code_of([&] { count(before); }), errc::before_history);
}

TEST_F(projection_start, at_a_cut_that_no_time_has_can_tell_the_past_since_the_last_event_before_it) {
    auto odd = leftfold::cut(store_.partitions());
    const auto last = done_.back().position;
    odd.set(last.partition, last.at);  // the newest event of all is before it, older ones of other partitions are not
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<takings<1>>(from(start_at::after(odd)));
    engine.catch_up();
    EXPECT_EQ(code_of([&] { read.rows.as_of(done_.back().recorded); }), errc::before_history);
    const auto later = bank::append(store_, "alice", bank::deposited{100});
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(later.recorded).find("alice"), read.rows.find("alice"));
}

TEST_F(projection_start, holds_for_a_projection_in_memory_at_each_start_of_the_program) {
    leftfold::projection_engine engine{store_};
    auto recent = engine.add_in_memory<taken>({.start = start_at::event(done_[4].position)});
    engine.catch_up();
    EXPECT_EQ(recent.read([](const taken& of) { return of.cents; }), 16 + 32);
    EXPECT_EQ(engine.status<taken>().since, done_[4].recorded);
    leftfold::projection_engine other{store_};
    EXPECT_EQ(code_of([&] {
                  other.add_in_memory<taken>({.start = start_at::event({{}, leftfold::offset{99}})});
              }),
              errc::not_found);
}

TEST_F(projection_start, bounds_what_is_folded_again_for_a_parked_stream) {
    picky::is_brave = false;
    bank::append(store_, "carol", bank::deposited{5});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<picky>(from(start_at::latest()));
    bank::append(store_, "carol", bank::deposited{13});
    engine.catch_up();
    ASSERT_EQ(engine.parked<picky>().size(), 1U);
    picky::is_brave = true;
    EXPECT_TRUE(engine.retry_parked<picky>({"account", "carol"}));
    EXPECT_EQ(read.rows.find("carol")->cents, 13) << "the five cents came before the start";
}

TEST_F(projection_start, of_another_store_is_looked_up_anew_there) {
    {
        leftfold::projection_engine engine{store_};
        engine.add<takings<1>>(from(start_at::latest()));
    }
    auto other = make_store();
    bank::append(other, "alice", bank::deposited{7});
    leftfold::projection_engine engine{other};
    auto& read = engine.add<takings<1>>(from(start_at::earliest()));
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 7);
}

}  // namespace start_test
