#include "leftfold/storage/partitioner.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace partitioner_test {

using namespace leftfold;

// The values of Kafka's own test of its Java client (UtilsTest.testMurmur2).
TEST(murmur2, gives_the_values_of_kafkas_java_client) {
    EXPECT_EQ(murmur2("21"), -973932308);
    EXPECT_EQ(murmur2("foobar"), -790332482);
    EXPECT_EQ(murmur2("a-little-bit-long-string"), -985981536);
    EXPECT_EQ(murmur2("a-little-bit-longer-string"), -1486304829);
    EXPECT_EQ(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
    EXPECT_EQ(murmur2("abc"), 479470107);
}

TEST(partitioner, clears_the_sign_before_it_divides) {
    EXPECT_EQ(partition_for("21", 7), partition_id((-973932308 & 0x7fffffff) % 7));
    EXPECT_EQ(partition_for("foobar", 1'024), partition_id((-790332482 & 0x7fffffff) % 1'024));
    EXPECT_EQ(partition_for("abc", 4), partition_id(479470107 % 4));
    EXPECT_EQ(partition_for("anything", 1), partition_id{});
}

TEST(partitioner, spreads_keys_evenly) {
    std::array<int, 8> counts{};
    for (int i = 0; i < 8'000; ++i) ++counts.at(partition_for("account-" + std::to_string(i), 8).value());
    for (const auto count : counts) {
        EXPECT_GT(count, 850);
        EXPECT_LT(count, 1'150);
    }
}

}  // namespace partitioner_test
