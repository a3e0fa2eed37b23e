// A process that lists an event and has neither `apply` nor `react` for it.
// expect: process_has_neither_apply_nor_react_for<dispatch, requested>

#include "leftfold/projections/process_manager.hpp"

struct requested {
    static constexpr auto event_type = "rides.requested";
    int near{};
};
BOOST_DESCRIBE_STRUCT(requested, (), (near))

class dispatch : public leftfold::process_manager<dispatch, requested> {
public:
    static constexpr auto process_name = "dispatch";
    static const char* correlate(const requested&) { return "all"; }
};

dispatch made;
