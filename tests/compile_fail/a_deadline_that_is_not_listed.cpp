// A process that schedules a message which it does not list.
// expect: process_does_not_list_among_its_deadlines_the_message_that_it_schedules<dispatch, no_answer>

#include "leftfold/projections/process_manager.hpp"

struct requested {
    static constexpr auto event_type = "rides.requested";
    int near{};
};
struct no_answer {
    static constexpr auto event_type = "rides.no_answer";
    int near{};
};
BOOST_DESCRIBE_STRUCT(requested, (), (near))
BOOST_DESCRIBE_STRUCT(no_answer, (), (near))

class dispatch : public leftfold::process_manager<dispatch, requested> {
public:
    static constexpr auto process_name = "dispatch";
    static const char* correlate(const requested&) { return "all"; }
    void react(const requested&, reaction& then) const { then.schedule(std::chrono::seconds{30}, no_answer{}); }
};

dispatch made;
