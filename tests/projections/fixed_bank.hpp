#pragma once
// The balances after a change of mind, and others that the tests of rebuilding need.

#include <atomic>
#include <stdexcept>

#include "projections/bank.hpp"

namespace bank {

/// Balances in hundredths of a cent: the same rows by another fold.
class fixed : public leftfold::projection<fixed, opened, deposited, withdrawn, closed> {
public:
    static constexpr auto projection_name = "balances";
    static constexpr int revision = 2;
    leftfold::table<balance, &balance::account> rows{*this, "balances", {.history = true}};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents * 100; }
    void on(const withdrawn& e, const leftfold::recorded& at) { rows.at(at.key()).cents -= e.cents * 100; }
    void on(const closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
};

/// Balances whose fold asks more than its arguments.
class picky : public leftfold::projection<picky, opened, deposited> {
public:
    static constexpr auto projection_name = "balances";
    using ignored = leftfold::ignores_others;
    static inline std::atomic<bool> refuses = false;
    leftfold::table<balance, &balance::account> rows{*this, "balances"};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) {
        if (refuses) throw std::runtime_error("not today");
        rows.at(at.key()).cents += e.cents;
    }
};

/// Lives in memory.
class counted : public leftfold::projection<counted, deposited> {
public:
    static constexpr auto projection_name = "counted";
    using ignored = leftfold::ignores_others;
    int deposits = 0;
    void on(const deposited&) { ++deposits; }
};

}  // namespace bank
