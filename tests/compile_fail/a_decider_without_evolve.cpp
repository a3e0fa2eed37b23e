// A decider whose state has no evolve for one of its events.
// expect: found_no_evolve_for<cart, item_added>

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

leftfold::decider<cart, item_added> made;
void add() {
    made.handle([](const cart&) { return item_added{1}; });
}
