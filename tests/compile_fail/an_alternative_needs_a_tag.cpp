// A variant is stored whose alternatives have no durable names.
// expect: an_alternative_of_a_variant_needs_a_static_constexpr_tag<card>

#include "leftfold/framework/codec.hpp"

struct card {
    int number;
};
BOOST_DESCRIBE_STRUCT(card, (), (number))

struct paid {
    std::variant<card> by;
};
BOOST_DESCRIBE_STRUCT(paid, (), (by))

paid read() { return leftfold::decode<paid>("{}"); }
