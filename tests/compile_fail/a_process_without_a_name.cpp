// A process without a durable name.
// expect: process_needs_a_static_constexpr_process_name<dispatch>

#include "leftfold/projections/process_manager.hpp"

struct requested {
    static constexpr auto event_type = "rides.requested";
    int near{};
};
BOOST_DESCRIBE_STRUCT(requested, (), (near))

class dispatch : public leftfold::process_manager<dispatch, requested> {
public:
    static const char* correlate(const requested&) { return "all"; }
    void apply(const requested&) {}
};

dispatch made;
