// An event that has no event_type.
// expect: event_has_no_durable_name_give_it_a_static_constexpr_event_type<deposited>

#include "leftfold/framework/aggregate.hpp"

struct deposited {
    int cents{};
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

class account : public leftfold::aggregate<account, deposited> {
public:
    static constexpr auto category = "account";
    void apply(const deposited&) {}
};
