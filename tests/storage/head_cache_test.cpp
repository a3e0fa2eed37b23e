#include "head_cache.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace leftfold {
namespace head_cache_test {

stream_id account(std::int64_t number) { return {"account", "owner" + std::to_string(number)}; }

TEST(head_cache, gives_what_was_remembered_and_nothing_of_other_streams) {
    head_cache heads(1 << 20);
    const stream_id streams[] = {{"a", "b"}, {"a", "bc"}, {"ab", "c"}, {"a", std::string(stream_key_bytes_max, 'k')}};
    for (std::int64_t i = 1; const auto& each : streams) {
        EXPECT_EQ(heads.find(each), nullptr);
        EXPECT_EQ(heads.add(each, version(i)), version(i));
        ++i;
    }
    for (std::int64_t i = 1; const auto& each : streams) {
        ASSERT_NE(heads.find(each), nullptr);
        EXPECT_EQ(*heads.find(each), version(i));
        *heads.find(each) = version(i + 10);
        EXPECT_EQ(*heads.find(each), version(i + 10));
        ++i;
    }
    heads.clear();
    EXPECT_EQ(heads.find(streams[0]), nullptr);
}

TEST(head_cache, forgets_nothing_until_it_is_trimmed_however_little_memory_it_has) {
    head_cache heads(0);
    for (std::int64_t round = 0; round != 3; ++round) {
        for (std::int64_t i = 0; i != 1'000; ++i) heads.add(account(1'000 * round + i), version(i + 1));
        for (std::int64_t i = 0; i != 1'000; ++i) {
            const auto* const head = heads.find(account(1'000 * round + i));
            ASSERT_NE(head, nullptr) << i;
            ASSERT_EQ(*head, version(i + 1));
        }
        heads.trim();
    }
    heads.trim();
    EXPECT_EQ(heads.find(account(2'999)), nullptr) << "there is room for nothing";
}

// A version that went on in the young generation must not come back as it was in the old one.
TEST(head_cache, a_stream_that_moved_on_never_falls_back_to_an_older_version) {
    std::mt19937 random(7);
    head_cache heads(64 << 10);
    std::map<std::int64_t, std::int64_t> stored;
    int forgotten = 0;
    for (int i = 0; i != 200'000; ++i) {
        if (i % 20 == 0) heads.trim();
        // Some streams often, most seldom.
        const auto number = static_cast<std::int64_t>(random() % (i % 2 == 0 ? 50 : 5'000));
        auto* at = heads.find(account(number));
        if (at == nullptr) {
            at = &heads.add(account(number), version(stored[number]));
            ++forgotten;
        }
        ASSERT_EQ(*at, version(stored[number])) << number;
        *at = at->next();
        ++stored[number];
    }
    EXPECT_GT(forgotten, 10'000) << "nothing was ever dropped";
    EXPECT_LT(forgotten, 100'000) << "the streams that are used often were dropped too";
}

// What is certain of a cache of two generations is half of it.
TEST(head_cache, keeps_the_streams_that_half_of_its_memory_holds) {
    constexpr std::int64_t streams = 90'000;
    head_cache heads(std::size_t{2 * 45} * streams);
    for (std::int64_t i = 0; i != streams; ++i) {
        heads.add(account(i), version(1));
        heads.trim();
    }
    for (std::int64_t i = 0; i != streams; ++i) {
        ASSERT_NE(heads.find(account(i)), nullptr) << i;
        heads.trim();
    }
}

}  // namespace head_cache_test
}  // namespace leftfold
