// An aggregate that does not say which kind of stream it lives in.
// expect: aggregate_has_no_category_give_it_a_static_constexpr_category<account>

#include "leftfold/framework/aggregate.hpp"

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    int cents{};
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

class account : public leftfold::aggregate<account, deposited> {
public:
    void apply(const deposited&) {}
};

account made;
