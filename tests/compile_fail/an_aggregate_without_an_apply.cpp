// An aggregate that lists an event and has no apply for it.
// expect: aggregate_has_no_accessible_apply_for<account, deposited>

#include "leftfold/framework/aggregate.hpp"

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    int cents{};
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

class account : public leftfold::aggregate<account, deposited> {
public:
    static constexpr auto category = "account";
};

account made;
