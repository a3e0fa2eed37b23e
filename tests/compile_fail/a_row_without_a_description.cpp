// A row of a table that Boost.Describe does not know.
// expect: a_row_of_a_table_needs_a_description_by_BOOST_DESCRIBE<balance>

#include "leftfold/projections/projection.hpp"

struct balance {
    int account{};
};

class balances : public leftfold::projection<balances> {
public:
    static constexpr auto projection_name = "balances";
    leftfold::table<balance, &balance::account> rows{*this, "balances"};
};

balances made;
