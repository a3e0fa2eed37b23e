#pragma once
// The smallest bank: deposits to accounts, and a read model of their balances with history.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include "leftfold/projections/projection_engine.hpp"

namespace leftfold::test_support {

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

struct balance {
    std::string account;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public projection<balances, deposited> {
public:
    static constexpr auto projection_name = "balances";
    table<balance, &balance::account> rows{*this, "balances", {.history = true}};
    void on(const deposited& e, const recorded& at) {
        if (at.version() == version(1)) rows.insert({at.key(), 0});
        rows.at(at.key()).cents += e.cents;
    }
};

}  // namespace leftfold::test_support
