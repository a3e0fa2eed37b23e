#include <gtest/gtest.h>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "support/growing_log.hpp"

namespace memory_index_test {

using namespace leftfold;
using test_support::growing_log;

constexpr partition_id first{0};

std::vector<offset> offsets(std::initializer_list<std::int64_t> values) { return {values.begin(), values.end()}; }

/// An index of a store in memory, and the log that it belongs to.
struct memory_index : ::testing::Test {
    growing_log source;
    std::unique_ptr<stream_index> index = source.make_index();

    void grow(const std::vector<std::string>& keys) { index->add(first, source.grow(keys)); }
    std::vector<offset> find(const char* key, std::int64_t from, std::size_t count,
                             direction way = direction::forward) {
        return index->find(first, {"item", key}, version(from), count, way);
    }
};

TEST_F(memory_index, knows_the_last_event_of_a_stream_and_nothing_of_one_that_is_not_there) {
    grow({"a", "b", "a"});
    EXPECT_EQ(index->head(first, {"item", "a"}), (stream_head{version(2), offset(3)}));
    EXPECT_EQ(index->head(first, {"item", "b"}), (stream_head{version(1), offset(2)}));
    EXPECT_EQ(index->head(first, {"item", "c"}), std::nullopt);
    EXPECT_EQ(index->head(first, {"other", "a"}), std::nullopt);
}

TEST_F(memory_index, gives_offsets_forward_from_a_version) {
    grow({"a", "b", "a", "a"});
    EXPECT_EQ(find("a", 1, 10), offsets({1, 3, 4}));
    EXPECT_EQ(find("a", 0, 2), offsets({1, 3}));
    EXPECT_EQ(find("a", 3, 10), offsets({4}));
    EXPECT_EQ(find("a", 4, 10), offsets({}));
    EXPECT_EQ(find("a", 1, 0), offsets({}));
    EXPECT_EQ(find("c", 1, 10), offsets({}));
}

TEST_F(memory_index, gives_offsets_backward_from_a_version) {
    grow({"a", "b", "a", "a"});
    EXPECT_EQ(find("a", 99, 2, direction::backward), offsets({4, 3}));
    EXPECT_EQ(find("a", 2, 10, direction::backward), offsets({3, 1}));
    EXPECT_EQ(find("a", 0, 10, direction::backward), offsets({}));
}

TEST_F(memory_index, finds_events_by_id) {
    grow({"a", "b"});
    EXPECT_EQ(index->find_id(first, growing_log::id_at(first, offset(2))), offset(2));
    EXPECT_EQ(index->find_id(first, growing_log::id_at(first, offset(3))), std::nullopt);
}

TEST_F(memory_index, reads_what_it_was_never_told) {
    source.grow(std::vector<std::string>{"a", "b"});
    EXPECT_EQ(find("b", 1, 10), offsets({2}));
    source.grow(std::vector<std::string>{"b"});
    EXPECT_EQ(index->indexed_to(first), offset(3));
    grow({"b"});
    EXPECT_EQ(find("b", 1, 10), offsets({2, 3, 4}));
}

TEST_F(memory_index, takes_events_that_it_has_read_already) {
    const auto added = source.grow(std::vector<std::string>{"a", "a"});
    EXPECT_EQ(find("a", 1, 10), offsets({1, 2}));
    index->add(first, added);
    EXPECT_EQ(find("a", 1, 10), offsets({1, 2}));
}

TEST_F(memory_index, is_the_same_after_a_rebuild) {
    grow({"a", "b", "a"});
    index->rebuild(first);
    EXPECT_EQ(find("a", 1, 10), offsets({1, 3}));
    EXPECT_EQ(index->find_id(first, growing_log::id_at(first, offset(2))), offset(2));
    EXPECT_EQ(index->indexed_to(first), offset(3));
}

TEST_F(memory_index, of_many_random_streams_agrees_with_a_count_of_them) {
    const auto keys = test_support::random_keys(2'000, 300, 7);
    std::map<std::string, std::vector<offset>> expected;
    for (std::size_t i = 0; i < keys.size(); ++i) expected[keys[i]].emplace_back(static_cast<std::int64_t>(i) + 1);
    grow(keys);
    for (const auto& [key, where] : expected) {
        EXPECT_EQ(find(key.c_str(), 1, keys.size()), where);
        EXPECT_EQ(index->head(first, {"item", key})->at, where.back());
    }
}

}  // namespace memory_index_test
