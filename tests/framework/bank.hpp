#pragma once
// The bank that the framework's tests play with: as an aggregate, and a shop's cart as a decider.

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/decider.hpp"

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
BOOST_DESCRIBE_STRUCT(opened, (), (owner))
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))
BOOST_DESCRIBE_STRUCT(withdrawn, (), (cents))

struct insufficient_funds {
    std::int64_t balance;
    std::int64_t wanted;
};

class account : public leftfold::aggregate<account, opened, deposited, withdrawn> {
public:
    static constexpr auto category = "account";

    void open(std::string owner) {
        if (!owner_.empty()) throw std::logic_error("the account is open already");
        raise(opened{std::move(owner)});
    }
    void deposit(std::int64_t cents) { raise(deposited{cents}); }
    void withdraw(std::int64_t cents) {
        if (cents > balance_) throw insufficient_funds{balance_, cents};
        raise(withdrawn{cents});
    }
    void transfer_in_two(std::int64_t cents) {
        deposit(cents / 2);
        deposit(cents - cents / 2);
    }

    std::int64_t balance() const { return balance_; }
    const std::string& owner() const { return owner_; }
    /// What was applied, in order: deposits as they are, withdrawals negative.
    const std::vector<std::int64_t>& moves() const { return moves_; }

private:
    friend aggregate;
    void apply(const opened& e) { owner_ = e.owner; }
    void apply(const deposited& e) { move(e.cents); }
    void apply(const withdrawn& e) { move(-e.cents); }
    void move(std::int64_t cents) {
        balance_ += cents;
        moves_.push_back(cents);
    }

    std::string owner_;
    std::int64_t balance_{};
    std::vector<std::int64_t> moves_;
    BOOST_DESCRIBE_CLASS(account, (), (), (), (owner_, balance_, moves_))
};

}  // namespace bank

namespace shop {

struct item_added {
    static constexpr auto event_type = "shop.item_added";
    std::string item;
    int count{};
};
struct checked_out {
    static constexpr auto event_type = "shop.checked_out";
};
BOOST_DESCRIBE_STRUCT(item_added, (), (item, count))
BOOST_DESCRIBE_STRUCT(checked_out, (), ())

struct cart {
    static constexpr auto category = "cart";
    std::map<std::string, int> items;
    bool open = true;
};
BOOST_DESCRIBE_STRUCT(cart, (), (items, open))

struct add_item {
    std::string item;
    int count = 1;
};
struct add_all {
    std::vector<std::string> items;
};
struct check_out {};
struct look {};

/// One event.
inline item_added decide(const cart& state, const add_item& command) {
    if (!state.open) throw std::logic_error("the cart is checked out");
    return {command.item, command.count};
}
/// Several.
inline std::vector<item_added> decide(const cart&, const add_all& command) {
    std::vector<item_added> made;
    for (const auto& item : command.items) made.push_back({item, 1});
    return made;
}
/// One of several, or nothing.
inline std::variant<std::monostate, checked_out> decide(const cart& state, const check_out&) {
    if (state.open && !state.items.empty()) return checked_out{};
    return std::monostate{};
}
/// Nothing.
inline void decide(const cart&, const look&) {}

/// Either form will do: the next state from the last one, or the state changed in place.
inline cart evolve(cart state, const item_added& event) {
    state.items[event.item] += event.count;
    return state;
}
inline void evolve(cart& state, const checked_out&) { state.open = false; }

using cart_decider = leftfold::decider<cart, item_added, checked_out>;

}  // namespace shop
