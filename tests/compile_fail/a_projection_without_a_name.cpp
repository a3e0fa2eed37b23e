// A projection without a durable name.
// expect: projection_needs_a_static_constexpr_projection_name<balances>

#include "leftfold/projections/projection.hpp"

class balances : public leftfold::projection<balances> {};

balances made;
