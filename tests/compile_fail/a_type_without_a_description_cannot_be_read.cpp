// A struct that nobody described is read from JSON.
// expect: this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<deposited>

#include "leftfold/framework/codec.hpp"

struct deposited {
    int cents;
};

deposited read() { return leftfold::decode<deposited>("{}"); }
