// A described struct has a member of a type that the codec does not know.
// expect: the_type_of_this_member_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<.*deposited::account

#include "leftfold/framework/codec.hpp"

struct deposited {
    int cents;
    const char* account;
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents, account))

std::string write() { return leftfold::to_json(deposited{5, "alice"}); }
