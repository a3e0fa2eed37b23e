#include <gtest/gtest.h>

#include "storage/memory_engine.hpp"
#include "support/store_properties.hpp"

namespace memory_properties_test {

using namespace leftfold;

TEST(memory_properties, appends_end_as_a_plain_model_says) {
    test_support::check_appends_against_a_model(make_memory_engine);
}

TEST(memory_properties, pages_and_streams_give_what_a_loop_gives) {
    test_support::check_pages_against_a_loop(make_memory_engine);
}

TEST(memory_properties, readings_are_sorted_and_cuts_stay) {
    test_support::check_cuts_against_sorting(make_memory_engine);
}

}  // namespace memory_properties_test
