// A projection whose rows belong to no single stream cannot set streams aside.
// expect: projection_with_shared_rows_can_only_stop_and_not_park_keys<balances>

#include "leftfold/projections/projection.hpp"

struct withdrawn {
    static constexpr auto event_type = "bank.withdrawn";
    int cents{};
};
BOOST_DESCRIBE_STRUCT(withdrawn, (), (cents))

class balances : public leftfold::projection<balances, withdrawn> {
public:
    static constexpr auto projection_name = "balances";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    static constexpr bool shared_rows = true;
    void on(const withdrawn&) {}
};

balances made;
