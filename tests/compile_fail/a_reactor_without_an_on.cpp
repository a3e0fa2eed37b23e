// A reactor that lists an event and has no `on` for it.
// expect: reactor_has_no_accessible_on_for<mails, completed>

#include "leftfold/projections/reactor.hpp"

struct completed {
    static constexpr auto event_type = "rides.completed";
    int cents{};
};
BOOST_DESCRIBE_STRUCT(completed, (), (cents))

class mails : public leftfold::reactor<mails, completed> {
public:
    static constexpr auto reactor_name = "mails";
};

mails made;
