#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "leftfold/framework/aggregate.hpp"

namespace bank {

// What can happen to an account. Amounts are whole cents.

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
BOOST_DESCRIBE_STRUCT(opened, (), (owner))
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))
BOOST_DESCRIBE_STRUCT(withdrawn, (), (cents))

struct insufficient_funds : std::runtime_error {
    insufficient_funds(std::int64_t asked, std::int64_t there)
        : std::runtime_error(std::to_string(asked) + " asked for, " + std::to_string(there) + " there") {}
};

class account : public leftfold::aggregate<account, opened, deposited, withdrawn> {
public:
    static constexpr auto category = "account";

    void open(std::string owner) { raise(opened{std::move(owner)}); }
    void deposit(std::int64_t cents) { raise(deposited{cents}); }
    void withdraw(std::int64_t cents) {
        if (cents > balance_) throw insufficient_funds{cents, balance_};
        raise(withdrawn{cents});
    }

    std::int64_t balance() const { return balance_; }

private:
    friend aggregate;
    void apply(const opened&) {}
    void apply(const deposited& e) { balance_ += e.cents; }
    void apply(const withdrawn& e) { balance_ -= e.cents; }

    std::int64_t balance_{};
    BOOST_DESCRIBE_CLASS(account, (), (), (), (balance_))  // makes snapshots possible
};

}  // namespace bank
