// An aggregate that raises an event which is not in its list.
// expect: aggregate_does_not_list_the_event_that_it_raises<account, closed>

#include "leftfold/framework/aggregate.hpp"

struct opened {
    static constexpr auto event_type = "bank.opened";
};
struct closed {
    static constexpr auto event_type = "bank.closed";
};
BOOST_DESCRIBE_STRUCT(opened, (), ())
BOOST_DESCRIBE_STRUCT(closed, (), ())

class account : public leftfold::aggregate<account, opened> {
public:
    static constexpr auto category = "account";
    void apply(const opened&) {}
    void close() { raise(closed{}); }
};
