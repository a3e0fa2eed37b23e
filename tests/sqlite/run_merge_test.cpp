#include "sqlite/run_merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <random>

#include "leftfold/storage/error.hpp"

namespace run_merge_test {

using namespace leftfold;
using namespace leftfold::sqlite;

/// A run's rows in memory.
struct kept_rows final : run_output {
    std::map<std::int64_t, std::string> blocks;
    std::map<std::int64_t, std::string> sections;

    void put_block(run_row_id id, std::string bytes) override {
        EXPECT_LE(bytes.size() + 4, block_bytes_max);
        EXPECT_TRUE(blocks.emplace(id.packed(), std::move(bytes)).second);
    }
    void put_section(run_row_id id, const run_section& section) override {
        EXPECT_TRUE(sections.emplace(id.packed(), encode(section)).second);
    }
};

/// Half a run with its rows.
struct made_run {
    std::int64_t run = 0;
    run_part part{};
    kept_rows rows{};
    std::size_t blocks_read = 0;

    std::string_view block(std::uint32_t number) {
        ++blocks_read;
        return rows.blocks.at(run_row_id{run, run_part_kind::streams, number}.packed());
    }
    auto source() {
        return [this](std::uint32_t number) { return block(number); };
    }
};

made_run make_run(std::int64_t run, const std::vector<run_entry>& entries) {
    made_run made{.run = run};
    run_part_writer writer(run, run_part_kind::streams);
    for (const auto& entry : entries) writer.add(entry, made.rows);
    writer.finish(made.rows);
    made.part = writer.take_part();
    return made;
}

std::vector<run_entry> all_of(made_run& run) {
    std::vector<run_entry> entries;
    const auto source = run.source();
    for (run_cursor cursor(run.part, std::nullopt); const auto* entry = cursor.current(source); cursor.advance())
        entries.push_back(*entry);
    return entries;
}

/// Entries of some streams, of which the first few have most.
std::vector<run_entry> random_entries(std::size_t count, std::size_t streams, std::uint64_t seed,
                                      std::int64_t first_offset = 1) {
    std::mt19937_64 random(seed);
    std::map<std::uint64_t, std::int64_t> versions;
    std::vector<run_entry> entries;
    for (std::size_t i = 0; i < count; ++i) {
        const auto stream = random() % (random() % 2 == 0 ? 3 : streams) + 1;
        entries.push_back(
            {{stream * 0x123456789ABCDEFU, stream}, ++versions[stream], first_offset + static_cast<std::int64_t>(i)});
    }
    std::ranges::sort(entries);
    return entries;
}

TEST(run_part, holds_every_entry_in_order) {
    for (const std::size_t count : {0U, 1U, 2U, 300U, 60'000U}) {
        const auto entries = random_entries(count, 5'000, count);
        auto run = make_run(3, entries);
        EXPECT_EQ(all_of(run), entries);
    }
}

TEST(run_part, gives_any_range_of_versions_of_any_stream) {
    const auto entries = random_entries(60'000, 50'000, 1);
    auto run = make_run(3, entries);
    ASSERT_GT(run.part.sections.size(), 1U);
    std::mt19937_64 random(5);
    for (int i = 0; i < 500; ++i) {
        const auto key = entries[random() % entries.size()].key;
        const auto from = static_cast<std::int64_t>(random() % (i % 2 == 0 ? 3 : 11'000));
        const auto to = from + static_cast<std::int64_t>(random() % (i % 3 == 0 ? 2 : 9'000));
        std::vector<run_entry> expected;
        std::ranges::copy_if(entries, std::back_inserter(expected), [&](const run_entry& entry) {
            return entry.key == key && entry.version >= from && entry.version <= to;
        });
        const auto source = run.source();
        EXPECT_EQ(find_in_part(run.part, key, from, to, source), expected);
        const auto end = std::ranges::upper_bound(entries, key, {}, &run_entry::key);
        EXPECT_EQ(find_last_in_part(run.part, key, source), *(end - 1));
    }
}

TEST(run_part, is_seldom_read_for_a_stream_that_it_does_not_hold) {
    auto run = make_run(3, random_entries(60'000, 5'000, 1));
    run.blocks_read = 0;
    for (std::uint64_t i = 1; i <= 1'000; ++i) {
        const run_key absent{i * 0x51234567812345U, i};
        EXPECT_TRUE(find_in_part(run.part, absent, 1, 100, run.source()).empty());
        EXPECT_EQ(find_last_in_part(run.part, absent, run.source()), std::nullopt);
    }
    EXPECT_LT(run.blocks_read, 100U);
}

TEST(run_part, is_read_in_one_block_for_a_short_stream) {
    const auto entries = random_entries(60'000, 50'000, 1);
    auto run = make_run(3, entries);
    run.blocks_read = 0;
    for (std::size_t i = 0; i < 1'000; ++i) {
        const auto& entry = entries[entries.size() - 1 - 17 * i];
        EXPECT_FALSE(find_in_part(run.part, entry.key, entry.version, entry.version, run.source()).empty());
    }
    EXPECT_LT(run.blocks_read, 1'100U);
}

TEST(run_cursor, begins_after_any_entry) {
    const auto entries = random_entries(3'000, 100, 1);
    auto run = make_run(1, entries);
    const auto source = run.source();
    for (std::size_t i = 0; i < entries.size(); i += 7) {
        run_cursor cursor(run.part, entries[i]);
        const auto* const next = cursor.current(source);
        ASSERT_EQ(next == nullptr, i + 1 == entries.size());
        if (next == nullptr) break;
        EXPECT_EQ(*next, entries[i + 1]);
    }
}

struct merge_fixture : ::testing::Test {
    std::deque<made_run> inputs;
    std::vector<run_entry> expected;

    merge_fixture() {
        for (std::int64_t i = 0; i < 4; ++i) {
            const auto entries = random_entries(30'000, 20'000, static_cast<std::uint64_t>(i), 1 + i * 30'000);
            expected.insert(expected.end(), entries.begin(), entries.end());
            inputs.push_back(make_run(i, entries));
        }
        std::ranges::sort(expected);
    }

    part_merge begin(run_part written = {}) {
        std::vector<const run_part*> parts;
        for (const auto& input : inputs) parts.push_back(&input.part);
        return {parts, run_part_writer(9, run_part_kind::streams, std::move(written))};
    }
    auto blocks() {
        return [this](std::size_t input, std::uint32_t number) { return inputs[input].block(number); };
    }
};

TEST_F(merge_fixture, a_merge_has_the_entries_of_its_inputs_in_order) {
    made_run output{.run = 9};
    auto merge = begin();
    while (merge.step(blocks(), output.rows)) {
    }
    output.part = merge.take_part();
    EXPECT_EQ(all_of(output), expected);
}

TEST_F(merge_fixture, a_merge_begun_again_after_each_step_writes_the_same_rows) {
    made_run whole{.run = 9};
    auto merge = begin();
    while (merge.step(blocks(), whole.rows)) {
    }
    made_run pieces{.run = 9};
    for (bool more = true; more;) {
        run_part written;  // as a file would give it back
        for (const auto& [id, section] : pieces.rows.sections) written.sections.push_back(decode_section(section));
        auto again = begin(std::move(written));
        more = again.step(blocks(), pieces.rows);
    }
    EXPECT_EQ(pieces.rows.blocks, whole.rows.blocks);
    EXPECT_EQ(pieces.rows.sections, whole.rows.sections);
}

TEST(merge_policy, leaves_few_runs_alone) {
    const merge_policy policy{.fan_in = 4, .smallest = 100};
    EXPECT_EQ(choose_merge({}, policy), std::nullopt);
    EXPECT_EQ(choose_merge(std::vector<std::int64_t>{100, 100, 100}, policy), std::nullopt);
    EXPECT_EQ(choose_merge(std::vector<std::int64_t>{6'400, 1'600, 1'600, 400, 400, 400, 100, 100, 100}, policy),
              std::nullopt);
}

TEST(merge_policy, merges_the_newest_runs_of_one_size) {
    const merge_policy policy{.fan_in = 4, .smallest = 100};
    EXPECT_EQ(choose_merge(std::vector<std::int64_t>{400, 100, 100, 100, 100}, policy), (run_window{1, 4}));
    EXPECT_EQ(choose_merge(std::vector<std::int64_t>{1'600, 400, 400, 400, 400}, policy), (run_window{1, 4}));
    EXPECT_EQ(choose_merge(std::vector<std::int64_t>{1'600, 400, 400, 400, 10, 410}, policy), (run_window{1, 5}));
}

TEST(merge_policy, keeps_runs_few_and_rewrites_each_entry_seldom) {
    const merge_policy policy{.fan_in = 4, .smallest = 1'000};
    std::mt19937_64 random(3);
    std::vector<std::int64_t> runs;
    std::int64_t added = 0;
    std::int64_t written = 0;
    std::size_t most = 0;
    for (int i = 0; i < 4'000; ++i) {
        runs.push_back(random() % 5 == 0 ? static_cast<std::int64_t>(random() % 1'000) + 1 : 1'000);
        added += runs.back();
        while (const auto window = choose_merge(runs, policy)) {
            const auto first = runs.begin() + static_cast<std::ptrdiff_t>(window->first);
            const auto end = first + static_cast<std::ptrdiff_t>(window->count);
            const auto sum = std::accumulate(first, end, std::int64_t{0});
            written += sum;
            runs.insert(runs.erase(first, end), sum);
        }
        most = std::max(most, runs.size());
    }
    EXPECT_LE(most, 3U * 7U);
    EXPECT_LE(written, added * 6);
}

}  // namespace run_merge_test
