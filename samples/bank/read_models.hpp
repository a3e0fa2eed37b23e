#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include "bank/account.hpp"
#include "leftfold/projections/projection_engine.hpp"

namespace bank {

/// What each account holds.
struct balance {
    std::string account;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public leftfold::projection<balances, opened, deposited, withdrawn> {
public:
    static constexpr auto projection_name = "balances";
    leftfold::table<balance, &balance::account> rows{*this, "balances", {.history = true}};

    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
    void on(const withdrawn& e, const leftfold::recorded& at) { rows.at(at.key()).cents -= e.cents; }
};

/// What came in and went out in each month, over all accounts.
struct month {
    std::string name;  ///< `2026-03`
    std::int64_t in_cents{};
    std::int64_t out_cents{};
};
BOOST_DESCRIBE_STRUCT(month, (), (name, in_cents, out_cents))

class months : public leftfold::projection<months, deposited, withdrawn> {
public:
    static constexpr auto projection_name = "months";
    using ignored = leftfold::ignores<opened>;
    leftfold::table<month, &month::name> rows{*this, "months"};

    void on(const deposited& e, const leftfold::recorded& at) { of(at).in_cents += e.cents; }
    void on(const withdrawn& e, const leftfold::recorded& at) { of(at).out_cents += e.cents; }

private:
    month& of(const leftfold::recorded& at) {
        const auto name = leftfold::to_rfc3339(at.recorded_at().time()).substr(0, 7);
        if (!rows.find(name)) rows.insert({name, 0, 0});
        return rows.at(name);
    }
};

}  // namespace bank
