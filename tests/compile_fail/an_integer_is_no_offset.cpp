// A bare number passed where a place in a partition is wanted.
// expect: (could not convert|no matching function for call|no viable conversion)

#include "leftfold/storage/position.hpp"

void read_after(leftfold::offset last);

void read() { read_after(7); }
