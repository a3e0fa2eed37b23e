#pragma once
// The bank of the README: what most tests of projections fold.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/event_store.hpp"

namespace bank {

struct opened {
    static constexpr auto event_type = "bank.account_opened";
    std::string owner;
};
struct deposited {
    static constexpr auto event_type = "bank.deposited";
    std::int64_t cents{};
};
struct withdrawn {
    static constexpr auto event_type = "bank.withdrawn";
    std::int64_t cents{};
};
struct closed {
    static constexpr auto event_type = "bank.account_closed";
};
BOOST_DESCRIBE_STRUCT(opened, (), (owner))
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))
BOOST_DESCRIBE_STRUCT(withdrawn, (), (cents))
BOOST_DESCRIBE_STRUCT(closed, (), ())

struct balance {
    std::string account;
    std::int64_t cents{};

    friend bool operator==(const balance&, const balance&) = default;
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public leftfold::projection<balances, opened, deposited, withdrawn, closed> {
public:
    static constexpr auto projection_name = "balances";
    leftfold::table<balance, &balance::account> rows{*this, "balances", {.history = true}};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
    void on(const withdrawn& e, const leftfold::recorded& at) { rows.at(at.key()).cents -= e.cents; }
    void on(const closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
};

/// Appends one event to an account, and returns where it stands.
template <class Event>
leftfold::appended append(leftfold::event_store& store, const std::string& account, const Event& event) {
    leftfold::event_data data;
    data.type = Event::event_type;
    leftfold::encode(event, data.payload);
    return store.append({"account", account}, leftfold::expected_version::any(), {data}).value();
}

}  // namespace bank
