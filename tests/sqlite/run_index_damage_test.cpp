#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "index_fixture.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/connection.hpp"

namespace run_index_damage_test {

using namespace leftfold;
using namespace leftfold::sqlite;
using test_support::index_fixture;
using test_support::manual_executors;
using test_support::temporary_directory;

struct run_index_damage : index_fixture {
    static constexpr std::size_t asked = 12;

    std::string content(const std::filesystem::path& of) {
        std::ifstream in(of, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::filesystem::path& to, std::string_view bytes) {
        std::ofstream(to, std::ios::binary) << bytes;
    }
    run_index_options fresh(file_access mode) {
        auto how = options();
        how.mode = mode;
        how.world.executors = std::make_shared<manual_executors>();
        return how;
    }

    /// Opens an index over these files, for writing and for reading, and asks it. Merges what is to be merged, too.
    void expect_right_answers(const std::string& database, const std::string& wal) {
        const temporary_directory damaged(temporary_directory::where::in_memory);
        const auto name = run_index_file(first);
        const auto lay_out = [&] {
            write(damaged / name, database);
            if (!wal.empty()) write(damaged / (name + "-wal"), wal);
        };
        lay_out();
        {
            run_index reading(source.log(), 1, damaged.path(), fresh(file_access::read_only));
            expect_agreement(reading, asked);
        }
        lay_out();
        run_index writing(source.log(), 1, damaged.path(), fresh(file_access::create));
        expect_agreement(writing, asked);
        while (writing.work(first)) {
        }
        expect_agreement(writing, asked);
    }
};

TEST_F(run_index_damage, to_any_byte_of_the_file_gives_no_wrong_answer) {
    {
        const auto index = open();
        for (int i = 0; i < 6; ++i) {
            index->add(first, grow(256));
            executors->run_all();
        }
    }
    const auto whole = content(file());
    ASSERT_GT(whole.size(), 20'000U);
    std::mt19937_64 random(11);
    for (std::size_t at = 0; at < whole.size(); at += at < 128 ? 3 : 1 + random() % 350) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << random() % 8));
        expect_right_answers(damaged, "");
        ASSERT_FALSE(HasFatalFailure()) << "byte " << at;
    }
    EXPECT_GT(told->warnings.size(), 20U);
}

TEST_F(run_index_damage, to_the_wal_gives_no_wrong_answer) {
    const auto index = open();
    for (int i = 0; i < 6; ++i) {
        index->add(first, grow(256));
        executors->run_all();
    }
    const auto database = content(file());
    const auto wal = content(file().string() + "-wal");
    ASSERT_GT(wal.size(), 20'000U);
    std::mt19937_64 random(12);
    for (std::size_t at = 0; at < wal.size(); at += 1 + random() % 8'000) {
        auto damaged = wal;
        damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << random() % 8));
        expect_right_answers(database, damaged);
        ASSERT_FALSE(HasFatalFailure()) << "byte " << at;
    }
}

TEST_F(run_index_damage, by_cutting_the_file_short_gives_no_wrong_answer) {
    { open()->add(first, grow(1'200)); }
    const auto whole = content(file());
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{99}, std::size_t{4'096},
                                   whole.size() / 2, whole.size() - 1, whole.size() - 4'096}) {
        expect_right_answers(whole.substr(0, size), "");
    }
    expect_right_answers(
        "this is no database, but long enough to have a header, if only it were one: " + std::string(5'000, 'x'), "");
}

TEST_F(run_index_damage, to_rows_of_an_open_index_is_repaired_when_somebody_asks) {
    for (const auto* const harm :
         {"DELETE FROM blocks", "UPDATE blocks SET bytes = zeroblob(100)", "DELETE FROM blocks WHERE id % 2 = 0"}) {
        auto how = options();
        how.limits.cache_kib = 0;
        const auto index = open(how);
        index->add(first, grow(1'200));
        executors->run_all();
        expect_agreement(*index, asked);
        {
            connection other(file(), {.mode = file_access::read_write});
            other.execute("PRAGMA wal_autocheckpoint = 0");
            other.execute(harm);
        }
        expect_agreement(*index);
        index->add(first, grow(600));
        executors->run_all();
        expect_agreement(*index);
    }
    EXPECT_FALSE(told->warnings.empty());
}

/// A reader beside the index's owner.
struct run_index_reader : run_index_damage {
    std::unique_ptr<run_index> reader() {
        return std::make_unique<run_index>(source.log(), 1, directory.path(), fresh(file_access::read_only));
    }
};

TEST_F(run_index_reader, follows_the_log_beside_an_owner_that_writes_and_merges) {
    const auto owner = open();
    owner->add(first, grow(10));
    const auto beside = reader();
    for (int round = 0; round < 25; ++round) {
        owner->add(first, grow(1 + seed % 400));
        for (std::uint64_t i = 0; i < seed % 5; ++i) executors->run_one();
        expect_agreement(*beside, asked);
    }
    executors->run_all();
    expect_agreement(*beside);
    EXPECT_EQ(told->warnings, std::vector<std::string>{});
}

TEST_F(run_index_reader, does_without_a_file_and_takes_one_up_when_it_is_there) {
    grow(400);
    const auto beside = reader();
    expect_agreement(*beside);
    EXPECT_FALSE(std::filesystem::exists(file()));
    const auto owner = open();
    owner->add(first, grow(900));
    executors->run_all();
    expect_agreement(*beside);
}

TEST_F(run_index_reader, goes_on_when_the_owner_makes_the_file_again) {
    const auto owner = open();
    owner->add(first, grow(1'200));
    executors->run_all();
    const auto beside = reader();
    expect_agreement(*beside);
    owner->rebuild(first);
    owner->add(first, grow(1'200));
    executors->run_all();
    expect_agreement(*beside);
    expect_agreement(*owner);
}

TEST_F(run_index_reader, changes_nothing_in_the_file) {
    { open()->add(first, grow(1'200)); }
    const auto before = content(file());
    {
        const auto beside = reader();
        grow(2'000);
        expect_agreement(*beside);
        beside->rebuild(first);
        expect_agreement(*beside);
    }
    EXPECT_EQ(content(file()), before);
}

}  // namespace run_index_damage_test
