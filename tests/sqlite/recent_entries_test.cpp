// The index of the newest events in memory, against a search through all of them.

#include "sqlite/recent_entries.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace recent_entries_test {

using namespace leftfold;
using namespace leftfold::sqlite;

class recent_entries_of_streams : public ::testing::Test {
protected:
    void add(std::uint64_t stream, std::int64_t version) {
        const run_key key{stream, 1};
        entries_.add({key, {++ids_, 0}}, leftfold::version(version), {});
        all_.push_back({key, version, entries_.to().value()});
    }

    std::vector<run_entry> naive(const run_key& key, std::int64_t from, std::int64_t to, offset floor) const {
        std::vector<run_entry> found;
        for (const auto& entry : all_)
            if (entry.key == key && entry.version >= from && entry.version <= to && entry.offset > floor.value())
                found.push_back(entry);
        return found;
    }

    void expect_agreement(std::int64_t versions, int questions) {
        std::uniform_int_distribution<std::int64_t> any_version(0, versions + 2);
        std::uniform_int_distribution<std::size_t> any_event(0, all_.size() - 1);
        for (int i = 0; i < questions; ++i) {
            const auto key = all_[any_event(random_)].key;
            const auto from = any_version(random_);
            const auto to = from + any_version(random_) / (1 + i % 7);
            const offset floor(i % 3 == 0 ? all_[any_event(random_)].offset : 0);
            ASSERT_EQ(entries_.find(key, from, to, floor), naive(key, from, to, floor))
                << "versions " << from << " to " << to << " above " << floor.value();
        }
    }

    recent_entries entries_{offset(100)};
    std::vector<run_entry> all_;
    std::uint64_t ids_ = 0;
    std::mt19937_64 random_{1};
};

TEST_F(recent_entries_of_streams, find_any_versions_of_one_long_stream) {
    for (std::int64_t version = 41; version <= 5'000; ++version) add(7, version);
    expect_agreement(5'000, 2'000);
    for (const std::int64_t one : {41, 42, 43, 1'000, 4'999, 5'000})
        EXPECT_EQ(entries_.find({7, 1}, one, one, {}), naive({7, 1}, one, one, {})) << one;
    EXPECT_TRUE(entries_.find({7, 1}, 1, 40, {}).empty());
    EXPECT_TRUE(entries_.find({7, 1}, 5'001, 9'000, {}).empty());
    EXPECT_TRUE(entries_.find({8, 1}, 1, 9'000, {}).empty());
}

TEST_F(recent_entries_of_streams, find_any_versions_among_many) {
    std::map<std::uint64_t, std::int64_t> heads;
    std::uniform_int_distribution<std::uint64_t> any_stream(1, 30);
    for (int i = 0; i < 6'000; ++i) {
        const auto stream = std::min(any_stream(random_), any_stream(random_));
        add(stream, ++heads[stream]);
    }
    expect_agreement(400, 3'000);
}

TEST_F(recent_entries_of_streams, find_any_versions_where_two_share_a_key) {
    std::int64_t one = 0;
    std::int64_t other = 500;
    for (int i = 0; i < 200; ++i) add(7, ++one);  // alone at first
    for (int i = 0; i < 2'000; ++i) add(7, random_() % 2 == 0 ? ++one : ++other);
    expect_agreement(2'000, 2'000);
}

}  // namespace recent_entries_test
