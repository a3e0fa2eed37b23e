// A projection that lists an event and has no `on` for it.
// expect: projection_has_no_accessible_on_for<balances, withdrawn>

#include "leftfold/projections/projection.hpp"

struct withdrawn {
    static constexpr auto event_type = "bank.withdrawn";
    int cents{};
};
BOOST_DESCRIBE_STRUCT(withdrawn, (), (cents))

class balances : public leftfold::projection<balances, withdrawn> {
public:
    static constexpr auto projection_name = "balances";
};

balances made;
