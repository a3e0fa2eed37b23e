// A class that is to be kept as a snapshot does not describe all of its members.
// expect: this_type_has_a_member_that_is_not_described_describe_it_or_wrap_it_in_leftfold_transient<account>

#include <string>

#include "leftfold/framework/layout_check.hpp"

struct account {
    std::string owner;
    long balance;
};
BOOST_DESCRIBE_STRUCT(account, (), (owner))

void check() { leftfold::check_layout<account>(); }
