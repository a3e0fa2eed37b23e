#include "sqlite/run_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "index_fixture.hpp"
#include "sqlite/run_file.hpp"
#include "support/simulated_vfs.hpp"

namespace run_index_test {

using namespace leftfold;
using namespace leftfold::sqlite;
using test_support::index_fixture;
using test_support::simulated_disk;
using test_support::temporary_directory;

struct run_index_test : index_fixture {
    /// The index file's runs as they are now.
    std::vector<run_row> runs() {
        run_file reading(file(), {.mode = file_access::read_only, .partition = first});
        return reading.runs();
    }
};

TEST_F(run_index_test, of_an_empty_partition_knows_nothing) {
    const auto index = open();
    EXPECT_EQ(index->head(first, {"item", "s1"}), std::nullopt);
    EXPECT_EQ(index->find_id(first, {{1}}), std::nullopt);
    EXPECT_EQ(index->indexed_to(first), offset(0));
}

TEST_F(run_index_test, answers_as_the_plain_one_while_it_grows_writes_and_merges) {
    const auto index = open();
    for (int round = 0; round < 30; ++round) {
        index->add(first, grow(1 + seed % 300));
        for (std::uint64_t i = 0; i < seed % 4; ++i) executors->run_one();
        if (round % 3 == 0) expect_agreement(*index);
    }
    executors->run_all();
    expect_agreement(*index);
    EXPECT_LE(runs().size(), 8U);
}

TEST_F(run_index_test, answers_as_the_plain_one_where_streams_share_their_hashes) {
    for (const unsigned bits : {0U, 3U, 6U}) {
        std::filesystem::remove_all(directory.path());
        std::filesystem::create_directories(directory.path());
        auto how = options();
        how.hash_bits = bits;
        const auto index = open(how);
        for (int round = 0; round < 4; ++round) {
            index->add(first, grow(300));
            executors->run_one();
            expect_agreement(*index);
        }
        executors->run_all();
        expect_agreement(*index);
    }
}

TEST_F(run_index_test, writes_nothing_in_add_until_its_bound_and_then_a_run) {
    simulated_disk disk;
    const test_support::simulated_vfs vfs(disk);
    auto how = options();
    how.vfs = vfs.name();
    const auto index = open(how);
    index->add(first, grow(1));
    const auto before = disk.counts().writes;
    index->add(first, grow(1'000));
    EXPECT_EQ(disk.counts().writes, before);
    EXPECT_EQ(executors->waiting(), 1U);
    for (int i = 0; i < 4; ++i) index->add(first, grow(500));
    EXPECT_GT(disk.counts().writes, before);
    EXPECT_EQ(executors->waiting(), 1U);
    expect_agreement(*index);
}

TEST_F(run_index_test, knows_all_again_when_it_is_opened_again) {
    for (int round = 0; round < 8; ++round) {
        auto index = open();
        expect_agreement(*index);
        index->add(first, grow(50 + 97 * static_cast<std::size_t>(round)));
        if (round % 2 == 0) executors->run_all();
    }
    EXPECT_EQ(told->warnings, std::vector<std::string>{});
    EXPECT_GT(runs().size(), 0U);
}

TEST_F(run_index_test, finds_everything_where_there_is_no_room_for_filters) {
    auto how = options();
    how.limits.filter_bytes = 0;
    for (int round = 0; round < 3; ++round) {
        const auto index = open(how);
        for (int i = 0; i < 4; ++i) index->add(first, grow(400));
        executors->run_all();
        expect_agreement(*index);
    }
    EXPECT_GT(runs().size(), 0U);
}

TEST_F(run_index_test, takes_in_what_was_appended_while_it_was_not_there) {
    open()->add(first, grow(700));
    grow(900);
    const auto index = open();
    expect_agreement(*index);
    grow(300);
    index->add(first, grow(5));  // what it was not told in between it reads
    expect_agreement(*index);
    EXPECT_EQ(told->warnings, std::vector<std::string>{});
}

TEST_F(run_index_test, killed_after_any_step_goes_on_where_it_was) {
    auto index = open();
    int images = 0;
    const auto expect_image_to_do = [&] {
        const temporary_directory image(temporary_directory::where::in_memory);
        for (const auto* const suffix : {"", "-wal"}) {
            const auto name = run_index_file(first) + suffix;
            if (std::filesystem::exists(directory / name)) std::filesystem::copy(directory / name, image / name);
        }
        auto how = options();
        how.world.executors = std::make_shared<test_support::manual_executors>();
        run_index killed(source.log(), 1, image.path(), how);
        expect_agreement(killed);
        while (killed.work(first)) {
        }
        expect_agreement(killed);
        ++images;
    };
    for (int round = 0; round < 9; ++round) {
        index->add(first, grow(256));
        expect_image_to_do();
        while (executors->run_one()) expect_image_to_do();
    }
    EXPECT_GT(images, 30);
    EXPECT_EQ(told->warnings, std::vector<std::string>{});
}

TEST_F(run_index_test, of_another_history_is_made_again) {
    { open()->add(first, grow(600)); }
    source = test_support::growing_log();
    oracle = source.make_index();
    {
        const auto index = open();  // the log is shorter
        expect_agreement(*index);
        grow(10);
        index->add(first, grow(700));
        expect_agreement(*index);
    }
    source = test_support::growing_log();
    oracle = source.make_index();
    grow(2'000);  // the log is longer, and another
    expect_agreement(*open());
}

TEST_F(run_index_test, rebuilds_when_it_is_told_to) {
    const auto index = open();
    index->add(first, grow(2'000));
    executors->run_all();
    const auto before = runs();
    index->rebuild(first);
    expect_agreement(*index);
    executors->run_all();
    expect_agreement(*index);
    EXPECT_EQ(runs().back().chain, before.back().chain);
}

TEST_F(run_index_test, keeps_answering_when_its_disk_is_full_and_writes_when_there_is_room_again) {
    simulated_disk disk;
    const test_support::simulated_vfs vfs(disk);
    auto how = options();
    how.vfs = vfs.name();
    const auto index = open(how);
    index->add(first, grow(300));
    executors->run_all();
    disk.inject({.calls = test_support::calls({test_support::disk_call::write}),
                 .nth = 1,
                 .outcome = test_support::disk_outcome::no_space,
                 .length = test_support::fault_length::until_healed});
    for (int i = 0; i < 10; ++i) {
        index->add(first, grow(300));
        executors->run_all();
        expect_agreement(*index);
    }
    EXPECT_FALSE(told->warnings.empty());
    disk.heal();
    index->add(first, grow(300));
    const auto before = disk.counts().writes;
    executors->run_all();
    EXPECT_GT(disk.counts().writes, before);
    expect_agreement(*index);
}

TEST_F(run_index_test, fails_at_any_call_of_the_disk_without_a_wrong_answer) {
    for (std::uint64_t nth = 1; nth < 400; nth += 1 + nth / 5) {
        simulated_disk disk;
        const test_support::simulated_vfs vfs(disk);
        auto how = options();
        how.vfs = vfs.name();
        auto index = open(how);
        index->add(first, {});
        disk.inject({.calls = ~0U, .nth = nth, .outcome = test_support::disk_outcome::io_error});
        for (int i = 0; i < 6; ++i) {
            index->add(first, source.grow(test_support::random_keys(256, streams, nth)));
            executors->run_all();
            try {
                static_cast<void>(index->head(first, {"item", "s1"}));
            } catch (const error& failed) {
                EXPECT_EQ(failed.kind(), errc::io_error);
            }
        }
        const bool fired = disk.fault_fired();
        disk.heal();
        expect_agreement(*index, 20);
        executors->run_all();
        expect_agreement(*index, 20);
        if (!fired) break;
    }
}

TEST_F(run_index_test, is_read_by_many_threads_while_it_grows_and_merges) {
    auto how = options();
    how.world.executors = nullptr;  // threads
    how.limits.recent_events_max = 512;
    const auto index = open(how);
    const auto keys = test_support::random_keys(256, streams, 1);
    std::atomic<std::int64_t> grown = 0;
    std::atomic<bool> wrong = false;
    std::vector<std::thread> readers;
    for (std::uint64_t reader = 0; reader < 3; ++reader) {
        readers.emplace_back([&, reader] {
            for (std::uint64_t i = reader; grown < 60 && !wrong; i += 7) {
                const auto groups = grown.load();
                if (groups == 0) continue;
                const stream_id stream("item", "s" + std::to_string(i % 8));
                const auto least = groups * std::ranges::count(keys, stream.key());
                const auto head = index->head(first, stream);
                const auto found = index->find(first, stream, version(1), 100'000, direction::forward);
                const auto last = test_support::growing_log::id_at(first, offset(groups * 256));
                const bool right = (head ? head->version.value() : 0) >= least && std::ssize(found) >= least &&
                                   std::ranges::is_sorted(found) && index->find_id(first, last);
                wrong = wrong || !right;
            }
        });
    }
    for (; grown < 60; ++grown) index->add(first, source.grow(keys));
    for (auto& reader : readers) reader.join();
    EXPECT_FALSE(wrong);
    expect_agreement(*index);
    EXPECT_EQ(told->warnings, std::vector<std::string>{});
}

}  // namespace run_index_test
