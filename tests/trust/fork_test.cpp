// A fork is there whole or not at all, whenever the power goes, the process dies or the disk fails while it is made;
// and what was acknowledged to it, from the append that makes its first file on, stays.

#include "leftfold/storage/fork.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/closing_line.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"

namespace leftfold {
namespace fork_test {

using namespace test_support;

constexpr auto trunk_path = "/trunk.store";
constexpr auto fork_path = "/fork.store";
constexpr std::int64_t before_the_cut = 8;
constexpr std::int64_t of_the_fork = 100;   // and up: appends to the fork alone
constexpr std::int64_t of_the_trunk = 200;  // and up: appends to the trunk after the cut

struct tally {
    int images = 0;
    int absent = 0;   // images in which there is no fork
    int lost = 0;     // with an acknowledged append, or a fork that had been made, missing
    int unsound = 0;  // with anything that may not be there
    std::string complaint;

    void complain(int& count, const std::string& what) {
        ++count;
        if (complaint.empty()) complaint = what;
    }
};

event_store open(const simulated_vfs& vfs, const char* path) {
    return open_sqlite(path, {.mode = open_mode::open_existing, .vfs = vfs.name()});
}

event_store make_trunk(const simulated_vfs& vfs) {
    return open_sqlite(trunk_path, {.partitions = 2, .vfs = vfs.name()});
}

void append(event_store& store, std::int64_t number, attempt how = attempt::first) {
    std::vector<stream_append> streams;
    streams.emplace_back(stream_id("account", "owner" + std::to_string(number % 5)), expected_version::any(),
                         numbered_events(number, 1 + static_cast<std::size_t>(number % 3), 300));
    store.append(std::move(streams), {.attempt = how}).value();
}

/// What must be in the fork by a moment of the disk.
struct known {
    bool made = false;
    std::vector<std::int64_t> acknowledged{};
};

/// Opens what is left on a disk as the next process would, and counts what is wrong.
void check_image(const disk_image& image, const known& must, const std::string& when, tally& found) {
    simulated_disk disk(image);
    const simulated_vfs vfs(disk);
    ++found.images;
    try {
        static_cast<void>(open(vfs, fork_path));
    } catch (const error& refused) {
        ++found.absent;
        if (refused.kind() != errc::not_found)
            found.complain(found.unsound, when + ": " + refused.what());
        else if (must.made)
            found.complain(found.lost, when + ": the fork is gone");
        return;
    }
    const auto audit = audit_store(fork_path, {.mode = open_mode::open_existing, .vfs = vfs.name()});
    if (!audit.is_sound()) found.complain(found.unsound, when + ": " + audit.complaint);
    for (std::int64_t number = 0; number != before_the_cut; ++number)
        if (!audit.appends.contains(number)) found.complain(found.lost, fmt::format("{}: {} of the cut", when, number));
    for (const auto number : must.acknowledged)
        if (!audit.appends.contains(number)) found.complain(found.lost, fmt::format("{}: append {}", when, number));
    if (audit.appends.lower_bound(of_the_trunk) != audit.appends.end())
        found.complain(found.unsound, when + ": it has what the trunk stored after the cut");
    const auto trunk = audit_store(trunk_path, {.mode = open_mode::open_existing, .vfs = vfs.name()});
    if (!trunk.is_sound()) found.complain(found.unsound, when + ": the trunk: " + trunk.complaint);
}

TEST(fork, is_there_whole_or_not_at_all_when_the_power_goes_or_the_process_dies) {
    struct killed_image {
        disk_image left;
        known must;
    };
    tally found;
    simulated_disk disk;
    std::vector<killed_image> killed;
    std::vector<std::pair<std::size_t, std::int64_t>> acknowledged;
    std::size_t made = 0;
    std::size_t begun = 0;
    {
        const simulated_vfs vfs(disk);
        auto trunk = make_trunk(vfs);
        for (std::int64_t number = 0; number != before_the_cut; ++number) append(trunk, number);
        begun = disk.moment();
        known now;
        disk.on_call([&](disk_call call, std::string_view) {
            if (call != disk_call::read) killed.push_back({disk.contents(), now});
        });
        auto what_if = fork(trunk, trunk.heads(), fork_path);
        made = disk.moment();
        now.made = true;
        for (std::int64_t i = 0; i != 8; ++i) {
            append(what_if, of_the_fork + i);
            now.acknowledged.push_back(of_the_fork + i);
            acknowledged.emplace_back(disk.moment(), of_the_fork + i);
            append(trunk, of_the_trunk + i);
        }
        what_if.close();
        disk.on_call({});
    }
    for (const auto& each : killed) check_image(each.left, each.must, "killed", found);
    const auto kills = found.images;
    disk_replay replay(disk);
    std::mt19937_64 random(31);
    for (auto moment = begun; moment <= disk.moment(); ++moment) {
        replay.advance_to(moment);
        known must{.made = moment >= made};
        for (const auto& [at, number] : acknowledged)
            if (at <= moment) must.acknowledged.push_back(number);
        for (const auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors})
            check_image(replay.crash(mode, random), must, fmt::format("moment {}", moment), found);
    }
    closing_line("fork: {} kills and {} power cuts, {} before it was there, {} lost, {} unsound", kills,
                 found.images - kills, found.absent, found.lost, found.unsound);
    EXPECT_GT(kills, 50);
    EXPECT_GT(found.absent, 10);
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.unsound, 0) << found.complaint;
}

/// Makes a fork and appends to it, again and again until it is done, while the disk fails.
bool insist(disk_fault fault, tally& found) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    known must{.made = true};
    bool fired = false;
    {
        auto trunk = make_trunk(vfs);
        for (std::int64_t number = 0; number != before_the_cut; ++number) append(trunk, number);
        disk.inject(fault);
        std::optional<event_store> what_if;
        bool is_there = false;
        int failures = 0;
        std::string last;
        std::int64_t next = of_the_fork;
        for (int tries = 0; next != of_the_fork + 6 && tries != 12; ++tries) {
            try {
                if (!what_if) what_if.emplace(is_there ? open(vfs, fork_path) : fork(trunk, trunk.heads(), fork_path));
                append(*what_if, next, attempt::retry);
                must.acknowledged.push_back(next++);
            } catch (const error& failed) {
                is_there = is_there || failed.kind() == errc::already_exists;
                last = failed.what();
                if (++failures == 3) disk.heal();
            }
        }
        if (next != of_the_fork + 6)
            found.complain(found.lost, fmt::format("calls {}, call {}: stuck: {}", fault.calls, fault.nth, last));
        fired = disk.fault_fired();
        disk.heal();
    }
    check_image(disk.contents(), must, fmt::format("calls {}, call {}", fault.calls, fault.nth), found);
    return fired;
}

TEST(fork, is_made_in_the_end_whichever_call_of_the_disk_fails) {
    using enum disk_call;
    tally found;
    int struck = 0;
    for (const auto call : {open, read, write, truncate, sync, sync_directory, remove}) {
        for (const auto length : {fault_length::once, fault_length::until_healed}) {
            disk_fault fault{.calls = static_cast<unsigned>(call), .outcome = disk_outcome::io_error, .length = length};
            for (fault.nth = 1; insist(fault, found); ++fault.nth) ++struck;
        }
    }
    closing_line("fork: {} faults, {} lost, {} unsound", struck, found.lost, found.unsound);
    EXPECT_GT(struck, 100);
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.unsound, 0) << found.complaint;
}

}  // namespace fork_test
}  // namespace leftfold
