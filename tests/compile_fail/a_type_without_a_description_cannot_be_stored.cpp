// A struct that nobody described is written as JSON.
// expect: this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<deposited>

#include "leftfold/framework/codec.hpp"

struct deposited {
    int cents;
};

std::string write() { return leftfold::to_json(deposited{5}); }
