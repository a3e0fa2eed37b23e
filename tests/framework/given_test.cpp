#include "leftfold/testing/given.hpp"

#include <gtest/gtest.h>

#include "framework/bank.hpp"

namespace given_test {

using bank::account, bank::deposited, bank::insufficient_funds, bank::opened, bank::withdrawn;
using leftfold::testing::given;
using shop::cart_decider, shop::item_added;

TEST(given, a_check_that_holds_is_an_empty_string) {
    EXPECT_EQ(given<account>(opened{"Ann"}, deposited{50}).when(&account::withdraw, 20).then(withdrawn{20}), "");
    EXPECT_EQ(given<account>().when([](account& a) { a.transfer_in_two(5); }).then(deposited{2}, deposited{3}), "");
    EXPECT_EQ(given<account>(opened{"Ann"}).when([](account&) {}).then_nothing(), "");
}

TEST(given, events_that_differ_are_shown_side_by_side) {
    EXPECT_EQ(given<account>().when(&account::transfer_in_two, 5).then(deposited{2}, withdrawn{3}),
              "expected (-) and raised (+) events differ:\n"
              "  1. deposited{cents: 2}\n"
              "- 2. withdrawn{cents: 3}\n"
              "+ 2. deposited{cents: 3}");
    EXPECT_EQ(given<account>().when(&account::deposit, 5).then(),
              "expected (-) and raised (+) events differ:\n+ 1. deposited{cents: 5}");
    EXPECT_EQ(given<account>().then(opened{"Ann"}),
              "expected (-) and raised (+) events differ:\n- 1. opened{owner: \"Ann\"}");
}

TEST(given, a_decider_decides_by_a_function_of_anything_that_its_state_is) {
    EXPECT_EQ(given<cart_decider>()
                  .when([](const auto& cart) {
                      return item_added{"pen", static_cast<int>(cart.items.size()) + 1};
                  })
                  .then(item_added{"pen", 1}),
              "");
}

namespace metric {
struct length {
    static constexpr auto tag = "centimetres";
    int of{};
};
BOOST_DESCRIBE_STRUCT(length, (), (of))
}  // namespace metric
namespace imperial {
struct length {
    static constexpr auto tag = "inches";
    int of{};
};
BOOST_DESCRIBE_STRUCT(length, (), (of))
}  // namespace imperial

struct cut_to {
    static constexpr auto event_type = "cut_to";
    std::variant<metric::length, imperial::length> length;
};
BOOST_DESCRIBE_STRUCT(cut_to, (), (length))

class plank : public leftfold::aggregate<plank, cut_to> {
public:
    static constexpr auto category = "plank";
    void cut() { raise(cut_to{imperial::length{3}}); }
    void apply(const cut_to&) {}
};

TEST(given, events_that_look_alike_and_are_stored_otherwise_differ) {
    EXPECT_EQ(given<plank>().when(&plank::cut).then(cut_to{imperial::length{3}}), "");
    const auto told = given<plank>().when(&plank::cut).then(cut_to{metric::length{3}});
    EXPECT_NE(told.find("inches"), std::string::npos) << told;
}

TEST(given, then_nothing_shows_what_was_raised_after_all) {
    EXPECT_EQ(given<account>().when(&account::deposit, 5).then_nothing(),
              "expected (-) and raised (+) events differ:\n+ 1. deposited{cents: 5}");
}

TEST(given, a_refusal_is_expected_by_its_type) {
    const auto refused = given<account>(deposited{10}).when(&account::withdraw, 20);
    EXPECT_EQ(refused.then_throws<insufficient_funds>(), "");
    EXPECT_EQ(refused.then_throws<insufficient_funds>([](const auto& e) { return e.balance == 10; }), "");
    EXPECT_EQ(refused.then_throws<insufficient_funds>([](const auto& e) { return e.balance == 11; }),
              "the exception is not as expected: bank::insufficient_funds");
    EXPECT_EQ(refused.then_throws<std::runtime_error>(),
              "expected another exception, but bank::insufficient_funds was thrown");
    EXPECT_EQ(refused.then(withdrawn{20}), "expected events, but bank::insufficient_funds was thrown");
    EXPECT_EQ(refused.then_nothing(), "expected nothing, but bank::insufficient_funds was thrown");
}

TEST(given, a_refusal_is_expected_by_its_text) {
    const auto refused = given<account>(opened{"Ann"}).when(&account::open, "Ben");
    EXPECT_EQ(refused.then_throws<std::logic_error>("open already"), "");
    EXPECT_EQ(refused.then_throws<std::exception>("closed"),
              "expected a text with \"closed\", but it is std::logic_error(\"the account is open already\")");
}

TEST(given, a_refusal_that_did_not_come_is_said) {
    EXPECT_EQ(given<account>().when(&account::deposit, 5).then_throws<insufficient_funds>(),
              "expected an exception, but none was thrown\n"
              "expected (-) and raised (+) events differ:\n+ 1. deposited{cents: 5}");
}

TEST(given, several_steps_add_up_and_the_first_refusal_ends_them) {
    EXPECT_EQ(given<account>().when(&account::deposit, 5).when(&account::withdraw, 2).then(deposited{5}, withdrawn{2}),
              "");
    EXPECT_EQ(given<account>().when(&account::withdraw, 2).when(&account::deposit, 5).then_throws<insufficient_funds>(),
              "");
}

TEST(given, the_state_is_looked_at_by_any_function_of_it) {
    const auto ann = given<account>(opened{"Ann"}, deposited{50}).when(&account::withdraw, 20);
    EXPECT_EQ(ann.then_state(&account::balance, 30), "");
    EXPECT_EQ(ann.then_state(&account::owner, "Ann"), "");
    EXPECT_EQ(ann.then_state(&account::owner, "Ben"), "expected the state to give \"Ben\", but it gives \"Ann\"");
    EXPECT_EQ(ann.then_state(&account::balance, 31), "expected the state to give 31, but it gives 30");
    EXPECT_EQ(ann.then_state([](const account& a) { return a.balance() > 0; }), "");
    EXPECT_EQ(ann.then_state([](const account& a) { return a.balance() < 0; }),
              "the state is not as expected: account{owner_: \"Ann\", balance_: 30, moves_: [50, -20]}");
}

TEST(given, a_decider_is_given_commands) {
    EXPECT_EQ(given<cart_decider>(item_added{"pen", 1}).when(shop::add_item{"book", 2}).then(item_added{"book", 2}),
              "");
    EXPECT_EQ(given<cart_decider>().when(shop::check_out{}).then_nothing(), "");
    EXPECT_EQ(given<cart_decider>(shop::checked_out{}).when(shop::add_item{"pen"}).then_throws<std::logic_error>(), "");
    EXPECT_EQ(
        given<cart_decider>(item_added{"pen", 1}).then_state([](const shop::cart& c) { return c.items.size(); }, 1U),
        "");
}

}  // namespace given_test
