// A command for which there is no decide.
// expect: found_no_decide_for<cart, add_item>

#include "leftfold/framework/decider.hpp"

struct item_added {
    static constexpr auto event_type = "shop.item_added";
    int count{};
};
BOOST_DESCRIBE_STRUCT(item_added, (), (count))

struct cart {
    static constexpr auto category = "cart";
    int items{};
};
void evolve(cart& state, const item_added& event) { state.items += event.count; }

struct add_item {
    int count{};
};

leftfold::decider<cart, item_added> made;
void add() { made.handle(add_item{1}); }
