// A process that lists an event and does not say which instance it concerns.
// expect: process_has_no_accessible_correlate_for<dispatch, requested>

#include "leftfold/projections/process_manager.hpp"

struct requested {
    static constexpr auto event_type = "rides.requested";
    int near{};
};
BOOST_DESCRIBE_STRUCT(requested, (), (near))

class dispatch : public leftfold::process_manager<dispatch, requested> {
public:
    static constexpr auto process_name = "dispatch";
    void apply(const requested&) {}
};

dispatch made;
