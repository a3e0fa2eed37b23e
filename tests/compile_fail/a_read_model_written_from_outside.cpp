// What engine.add() returns reads and does not write.
// expect gcc: passing 'const .*table.*' as 'this' argument discards qualifiers
// expect clang: 'this' argument to member function 'at' has type 'const .*', but function is not marked const

#include "leftfold/projections/projection.hpp"

struct balance {
    int account{};
    int cents{};
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public leftfold::projection<balances> {
public:
    static constexpr auto projection_name = "balances";
    leftfold::table<balance, &balance::account> rows{*this, "balances"};
};

void cheat(const balances& read) { read.rows.at(1).cents = 7; }
