// An event without BOOST_DESCRIBE_STRUCT.
// expect: event_is_not_described_use_BOOST_DESCRIBE_STRUCT<deposited>

#include "leftfold/framework/aggregate.hpp"

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    int cents{};
};

class account : public leftfold::aggregate<account, deposited> {
public:
    static constexpr auto category = "account";
    void apply(const deposited&) {}
};
