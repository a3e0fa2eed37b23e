#pragma once
// Payments that touch many rows of two tables: of who pays, of all who are paid, and of each pair of them. What a
// projection says of the rows that it will look up is a parameter.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/event_store.hpp"

namespace fan_out {

struct paid {
    static constexpr auto event_type = "fan_out.paid";
    std::vector<std::string> to;
    std::int64_t cents{};
};
struct left {
    static constexpr auto event_type = "fan_out.left";
};
BOOST_DESCRIBE_STRUCT(paid, (), (to, cents))
BOOST_DESCRIBE_STRUCT(left, (), ())

struct purse {
    std::string owner;
    std::int64_t cents{};
};
struct debt {
    std::string pair;
    std::int64_t cents{};
    std::int64_t payments{};
};
BOOST_DESCRIBE_STRUCT(purse, (), (owner, cents))
BOOST_DESCRIBE_STRUCT(debt, (), (pair, cents, payments))

inline std::string pair_of(const std::string& from, const std::string& to) { return from + " to " + to; }

/// What the tables are and what becomes of them, whatever is looked up ahead.
template <class Derived, bool KeyedByStream, leftfold::failure_policy OnFailure>
class payments : public leftfold::projection<Derived, paid, left> {
public:
    static constexpr auto projection_name = "payments";
    static constexpr auto on_failure = OnFailure;
    leftfold::table<purse, &purse::owner> purses{*this, "purses", {.history = true, .keyed_by_stream = KeyedByStream}};
    leftfold::table<debt, &debt::pair> debts{*this, "debts", {.history = true}};

    void on(const paid& e, const leftfold::recorded& at) {
        for (const auto& to : e.to) {
            add(to, e.cents);
            const auto pair = pair_of(at.key(), to);
            const bool known = debts.update(pair, [&](debt& row) { row.cents += e.cents, ++row.payments; });
            if (!known) debts.insert({pair, e.cents, 1});
        }
        add(at.key(), -e.cents * static_cast<std::int64_t>(e.to.size()));
    }
    void on(const left&, const leftfold::recorded& at) {
        purses.erase(at.key());
        debts.erase(pair_of(at.key(), at.key()));
    }

private:
    void add(const std::string& owner, std::int64_t cents) {
        if (!purses.update(owner, [&](purse& row) { row.cents += cents; })) purses.insert({owner, cents});
    }
};

using leftfold::failure_policy;

class one_by_one : public payments<one_by_one, false, failure_policy::stop> {};

class ahead : public payments<ahead, true, failure_policy::stop> {
public:
    void prefetch(const paid& e, const leftfold::recorded& at) {
        for (const auto& to : e.to) {
            purses.prefetch(to);
            debts.prefetch(pair_of(at.key(), to));
        }
    }
};

inline leftfold::event_data data_of(const auto& event) {
    leftfold::event_data data;
    data.type = std::remove_cvref_t<decltype(event)>::event_type;
    leftfold::encode(event, data.payload);
    return data;
}

inline leftfold::appended append(leftfold::event_store& store, const std::string& from, const auto& event) {
    return store.append({"person", from}, leftfold::expected_version::any(), {data_of(event)}).value();
}

/// Random payments among some people, some of whom leave and come back.
inline void fill(leftfold::event_store& store, int events, std::mt19937_64& random, int people = 40) {
    const auto somebody = [&] { return "p" + std::to_string(random() % static_cast<unsigned>(people)); };
    for (int i = 0; i != events; ++i) {
        if (random() % 8 == 0) {
            append(store, somebody(), left{});
            continue;
        }
        paid event{{}, static_cast<std::int64_t>(random() % 100)};
        for (auto n = random() % 5; n != 0; --n) event.to.push_back(somebody());
        append(store, somebody(), event);
    }
}

}  // namespace fan_out
