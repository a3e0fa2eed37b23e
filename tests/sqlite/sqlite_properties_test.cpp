#include <gtest/gtest.h>

#include "sqlite/sqlite_engine.hpp"
#include "support/store_properties.hpp"

namespace sqlite_properties_test {

using namespace leftfold;

// What an append survives is no part of these properties, and syncs would be most of their time.
std::unique_ptr<leftfold::testing::engine> make_engine() {
    return std::make_unique<sqlite_engine>(durability::process_crash);
}

TEST(sqlite_properties, appends_end_as_a_plain_model_says) { test_support::check_appends_against_a_model(make_engine); }

TEST(sqlite_properties, pages_and_streams_give_what_a_loop_gives) {
    test_support::check_pages_against_a_loop(make_engine);
}

TEST(sqlite_properties, readings_are_sorted_and_cuts_stay) { test_support::check_cuts_against_sorting(make_engine); }

}  // namespace sqlite_properties_test
