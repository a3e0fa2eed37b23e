// A `react` that may change the state: it is not run again when the program starts, so what it changed would be lost.
// expect: react_must_be_const_the_state_changes_in_apply<dispatch, requested>

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
    void apply(const requested&) {}
    void react(const requested&, reaction&) { ++count_; }

private:
    int count_ = 0;
};

dispatch made;
