// A point on one time axis passed where a point on the other is wanted.
// expect: (could not convert|no matching function for call|no viable conversion)

#include "leftfold/storage/time.hpp"

void what_was_true_at(leftfold::occurred_at when);

void ask() { what_was_true_at(leftfold::recorded_at{}); }
