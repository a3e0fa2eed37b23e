// An aggregate whose apply is private, and that forgot `friend aggregate`.
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

private:
    void apply(const deposited&) {}
};

account made;
