// Two events of an aggregate that share a durable name.
// expect: two_of_these_events_have_the_same_event_type<opened, closed>

#include "leftfold/framework/aggregate.hpp"

struct opened {
    static constexpr auto event_type = "bank.account";
};
struct closed {
    static constexpr auto event_type = "bank.account";
};
BOOST_DESCRIBE_STRUCT(opened, (), ())
BOOST_DESCRIBE_STRUCT(closed, (), ())

class account : public leftfold::aggregate<account, opened, closed> {
public:
    static constexpr auto category = "account";
    void apply(const opened&) {}
    void apply(const closed&) {}
};
