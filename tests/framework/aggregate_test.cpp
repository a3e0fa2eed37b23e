#include "leftfold/framework/aggregate.hpp"

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "framework/bank.hpp"

namespace aggregate_test {

using bank::account;

TEST(aggregate, raising_an_event_applies_it_and_keeps_it_as_pending) {
    account ann;
    ann.open("Ann");
    ann.deposit(50);
    ann.withdraw(20);
    EXPECT_EQ(ann.balance(), 30);
    ASSERT_EQ(ann.pending().size(), 3U);
    EXPECT_EQ(std::get<bank::opened>(ann.pending()[0]).owner, "Ann");
    EXPECT_EQ(std::get<bank::withdrawn>(ann.pending()[2]).cents, 20);
}

TEST(aggregate, pending_events_do_not_count_in_its_version) {
    account ann;
    ann.deposit(50);
    EXPECT_EQ(ann.version(), leftfold::version{});
}

TEST(aggregate, a_refused_command_raises_nothing) {
    account ann;
    ann.deposit(10);
    EXPECT_THROW(ann.withdraw(20), bank::insufficient_funds);
    EXPECT_EQ(ann.pending().size(), 1U);
    EXPECT_EQ(ann.balance(), 10);
}

TEST(aggregate, copies_are_independent_values) {
    account ann;
    ann.deposit(10);
    account copy = ann;
    copy.deposit(5);
    EXPECT_EQ(ann.balance(), 10);
    EXPECT_EQ(ann.pending().size(), 1U);
    EXPECT_EQ(copy.balance(), 15);
}

struct refilled {
    static constexpr auto event_type = "test.refilled";
};
BOOST_DESCRIBE_STRUCT(refilled, (), ())

class hasty : public leftfold::aggregate<hasty, refilled> {
public:
    static constexpr auto category = "hasty";
    void refill() { raise(refilled{}); }
    void apply(const refilled&) { raise(refilled{}); }
};

TEST(aggregate_death, raising_inside_apply_aborts) {
    hasty made;
    EXPECT_DEATH(made.refill(), "apply\\(\\) must not raise events");
}

class thrower : public leftfold::aggregate<thrower, refilled> {
public:
    static constexpr auto category = "thrower";
    void refill() { raise(refilled{}); }
    void apply(const refilled&) {
        if (++applied == 1) throw std::runtime_error("not the first time");
    }
    int applied = 0;
};

TEST(aggregate, an_event_whose_apply_throws_is_not_pending) {
    thrower made;
    EXPECT_THROW(made.refill(), std::runtime_error);
    EXPECT_TRUE(made.pending().empty());
    made.refill();
    EXPECT_EQ(made.pending().size(), 1U);
}

TEST(decider, a_command_is_decided_by_a_free_function_and_evolves_the_state) {
    shop::cart_decider made;
    made.handle(shop::add_item{"book", 2});
    made.handle(shop::add_all{{"pen", "book"}});
    EXPECT_EQ(made.state().items, (std::map<std::string, int>{{"book", 3}, {"pen", 1}}));
    EXPECT_EQ(made.pending().size(), 3U);
}

TEST(decider, a_decision_may_come_to_nothing) {
    shop::cart_decider made;
    made.handle(shop::check_out{});
    made.handle(shop::look{});
    made.handle(shop::add_all{});
    EXPECT_TRUE(made.pending().empty());
    EXPECT_TRUE(made.state().open);
}

TEST(decider, a_variant_is_the_event_that_it_holds) {
    shop::cart_decider made;
    made.handle(shop::add_item{"book"});
    made.handle(shop::check_out{});
    EXPECT_FALSE(made.state().open);
    EXPECT_TRUE(std::holds_alternative<shop::checked_out>(made.pending().back()));
    EXPECT_THROW(made.handle(shop::add_item{"pen"}), std::logic_error);
}

TEST(decider, a_function_of_the_state_decides_like_a_command) {
    shop::cart_decider made;
    made.handle([](const shop::cart& state) {
        return shop::item_added{"page", static_cast<int>(state.items.size()) + 1};
    });
    EXPECT_EQ(made.state().items.at("page"), 1);
}

TEST(decider, events_that_belong_to_somebody_else_are_copied) {
    std::vector<shop::item_added> batch{{"a book with a name too long to be kept in place", 1}};
    const auto decide_twice = [&](auto&& decision) {
        shop::cart_decider made;
        made.handle(decision);  // and again when a race was lost
        made.handle(decision);
        EXPECT_EQ(made.state().items.size(), 1U);
        EXPECT_EQ(made.state().items.begin()->second, 2);
    };
    decide_twice([&](const shop::cart&) { return std::span{batch}; });
    decide_twice([&](const shop::cart&) -> std::vector<shop::item_added>& { return batch; });
    decide_twice([&](const shop::cart&) { return batch; });
    EXPECT_EQ(batch.front().item, "a book with a name too long to be kept in place");
}

}  // namespace aggregate_test
