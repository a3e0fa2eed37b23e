/// Properties of a store, checked with random cases against models that are too plain to be wrong.
#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::test_support {

/// How many random cases each property gets.
inline constexpr int cases_per_property = 10'000;

/// Each checks one property over stores of an engine, as part of the GoogleTest test that calls it. Prints the seed;
/// RC_PARAMS="seed=…" in the environment runs the same cases again.
///
/// Appends to several streams, with any expectation and under new, old and mixed-up ids, end as the model says, and
/// leave the streams as the model has them.
void check_appends_against_a_model(const testing::engine_maker& maker);

/// Pages of any limits and filters, one after another, give what a loop over all events gives; so do streams read in
/// pieces, either way.
void check_pages_against_a_loop(const testing::engine_maker& maker);

/// Readings over all partitions, stopped and continued anywhere, give the events sorted by time; the cut of any time
/// holds what was recorded by then, and is the same when it is asked for again.
void check_cuts_against_sorting(const testing::engine_maker& maker);

}  // namespace leftfold::test_support
