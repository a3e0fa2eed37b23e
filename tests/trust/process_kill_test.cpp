// An acknowledged append survives kill -9 of its process at any moment, and appears once.
//
// A child appends and says through a pipe which appends were acknowledged; it is killed after a number of them drawn by
// chance, while the next ones are under way. The pipe is the oracle.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "leftfold/storage/sqlite_store.hpp"
#include "support/child_process.hpp"
#include "support/store_audit.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace {

using namespace test_support;

constexpr std::int64_t appends_per_life = 1'000;

int append_until_killed(const std::filesystem::path& path, int life, int pipe) {
    auto store = open_sqlite(path, {.partitions = 2, .wal_pages = 16});
    // Each kill leaves the clock's saved bound up to half a minute ahead, and the next life goes on from there. So many
    // lives in a few seconds come to more than max_clock_ahead, which an operator would have to accept.
    store.accept_clock();
    for (std::int64_t i = 0; i != appends_per_life; ++i) {
        const auto append = life * appends_per_life + i;
        const stream_id stream("account", "owner" + std::to_string(append % 7));
        const auto count = append % 3 == 0 ? 4u : 1u;
        store.append(stream, expected_version::any(), numbered_events(append, count, 300)).value();
        if (::write(pipe, &append, sizeof append) != sizeof append) return 1;
    }
    return 0;
}

TEST(process_kill, loses_no_acknowledged_append_and_doubles_none) {
    constexpr int lives = 300;
    const temporary_directory place(temporary_directory::where::in_memory);
    std::mt19937_64 random(17);
    std::vector<std::int64_t> acknowledged;
    int unsound = 0;
    std::string complaint;
    for (int life = 0; life != lives; ++life) {
        child_process child([&](int pipe) { return append_until_killed(place / "bank.store", life, pipe); });
        const auto wanted = random() % 12;
        std::int64_t append = 0;
        for (std::size_t i = 0; i < wanted && ::read(child.pipe(), &append, sizeof append) == sizeof append; ++i)
            acknowledged.push_back(append);
        child.kill();
        while (::read(child.pipe(), &append, sizeof append) == sizeof append) acknowledged.push_back(append);
        if (life % 20 != 19) continue;  // the next life recovers what this one left; now and then everything is read
        const auto audit = audit_store(place / "bank.store", {.partitions = 2});
        unsound += !audit.is_sound();
        if (complaint.empty()) complaint = audit.complaint;
    }
    const auto audit = audit_store(place / "bank.store", {.partitions = 2});
    const auto lost = std::count_if(acknowledged.begin(), acknowledged.end(),
                                    [&](auto append) { return !audit.appends.contains(append); });
    fmt::print("process_kill: {} kills, {} acknowledged, {} lost, {} doubled, {} unsound\n", lives, acknowledged.size(),
               lost, audit.doubled, unsound);
    EXPECT_GT(acknowledged.size(), 1'000u);
    EXPECT_EQ(lost, 0);
    EXPECT_EQ(unsound, 0) << complaint;
    EXPECT_TRUE(audit.is_sound()) << audit.complaint;
}

}  // namespace
}  // namespace leftfold
