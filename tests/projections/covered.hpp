#pragma once
// A bank whose accounts are never overdrawn: what tests of inline projections fold.

#include <fmt/format.h>

#include <random>
#include <stdexcept>
#include <string>

#include "leftfold/storage/error.hpp"
#include "projections/bank.hpp"

namespace bank {

struct overdrawn : std::runtime_error {
    using runtime_error::runtime_error;
};

/// Balances that are never below zero.
class covered : public leftfold::projection<covered, opened, deposited, withdrawn, closed> {
public:
    static constexpr auto projection_name = "covered";
    static constexpr auto category = "account";
    leftfold::table<balance, &balance::account> rows{*this, "covered", {.history = true, .indices = {"cents"}}};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
    void on(const withdrawn& e, const leftfold::recorded& at) {
        auto& row = rows.at(at.key());
        row.cents -= e.cents;
        if (row.cents < 0) throw overdrawn(fmt::format("{} is {} short", at.key(), -row.cents));
    }
    void on(const closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
};

struct failure {
    leftfold::errc code = leftfold::errc::ok;
    std::string text;
};
template <class Code>
failure failure_of(Code&& code) {
    try {
        code();
    } catch (const leftfold::error& e) {
        return {e.kind(), e.what()};
    }
    return {};
}

/// Opens, fills, empties and closes a dozen accounts. Returns how many appends were refused.
inline int tell_random(leftfold::event_store& store, std::mt19937_64& random, int events) {
    int refused = 0;
    for (int i = 0; i != events; ++i) {
        const auto key = fmt::format("account{}", random() % 12);
        const auto cents = static_cast<std::int64_t>(random() % 50);
        const auto what = random() % 10;
        const auto failed = failure_of([&] {
            if (what < 3) append(store, key, opened{key});
            if (what >= 3 && what < 6) append(store, key, deposited{cents});
            if (what >= 6 && what < 9) append(store, key, withdrawn{cents});
            if (what == 9) append(store, key, closed{});
        });
        refused += failed.code != leftfold::errc::ok;
    }
    return refused;
}

}  // namespace bank
