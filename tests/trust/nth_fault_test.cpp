// Whichever call of the disk fails, for once or until it is healed: nothing acknowledged is lost, nothing is stored
// twice, no outcome stays unknown, and the store goes on.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"

namespace leftfold {
namespace {

using namespace test_support;

constexpr auto store_path = "/bank.store";
constexpr std::int64_t appends = 14;

struct tally {
    int runs = 0;
    int fired = 0;
    int unknown = 0;  // appends that ended with errc::outcome_unknown and were resolved by appending again
    int lost = 0;
    int doubled = 0;
    int stuck = 0;
    int unsound = 0;
    int risen = 0;  // appends that were said not to be stored, and were there later
    std::string complaint;
};

std::vector<stream_append> request(std::int64_t append) {
    std::vector<stream_append> streams;
    const auto count = append % 4 == 0 ? 3u : 1u;
    streams.emplace_back(stream_id("account", "owner" + std::to_string(append % 3)), expected_version::any(),
                         numbered_events(append, count, append % 5 == 0 ? 6'000 : 200));
    return streams;
}

// What a caller does when an append fails.
enum class caller {
    insists,   // appends again, under the same ids, until it is stored
    gives_up,  // takes "nothing was stored" at its word
};

// Drives one store through one fault.
class run {
public:
    run(disk_fault fault, caller how, tally& into) : vfs_(disk_), into_(into), fault_(fault), caller_(how) {}

    // Returns whether the fault struck.
    bool through() {
        { auto made = open(); }
        std::optional<event_store> store = open();
        disk_.inject(fault_);
        for (std::int64_t append = 0; append != appends; ++append) {
            if (append == appends / 2) {  // faults while closing and opening count, too
                store.reset();
                store = reopen();
            }
            if (!store || !append_until_answered(*store, append)) {
                ++into_.stuck;
                break;
            }
        }
        const auto fired = disk_.fault_fired();
        disk_.heal();
        store.reset();
        check("as the process left it", disk_.contents());
        check("after a power cut", last_image());
        ++into_.runs;
        into_.fired += fired;
        return fired;
    }

private:
    event_store open() { return open_sqlite(store_path, {.partitions = 1, .wal_pages = 8, .vfs = vfs_.name()}); }

    std::optional<event_store> reopen() {
        for (int attempt = 0; attempt != 4; ++attempt) {
            try {
                return open();
            } catch (const error& failed) {
                if (attempt == 2) disk_.heal();
            }
        }
        return std::nullopt;
    }

    // Half-way the disk is healed. Returns false when the caller got no answer to rely on.
    bool append_until_answered(event_store& store, std::int64_t append) {
        for (int attempt = 0; attempt != 6; ++attempt) {
            try {
                store.append(request(append), {.attempt = attempt == 0 ? attempt::first : attempt::retry}).value();
                acknowledged_.push_back(append);
                must_resolve_ = false;
                return true;
            } catch (const error& failed) {
                const auto is_unknown = failed.kind() == errc::outcome_unknown;
                into_.unknown += is_unknown;
                must_resolve_ |= is_unknown;
                if (caller_ == caller::gives_up && !must_resolve_) {
                    refused_.push_back(append);
                    check("killed after a refusal", disk_.contents());
                    check("power cut after a refusal", last_image());
                    return true;
                }
                if (attempt == 2) disk_.heal();
            }
        }
        return false;
    }

    disk_image last_image() {
        disk_replay replay(disk_);
        replay.advance_to(disk_.moment());
        std::mt19937_64 random(1);
        return replay.crash(crash_mode::drop_unsynced, random);
    }

    void check(const char* when, const disk_image& image) {
        simulated_disk disk(image);
        const simulated_vfs vfs(disk);
        const auto audit = audit_store(store_path, {.partitions = 1, .vfs = vfs.name()});
        const auto lost = std::count_if(acknowledged_.begin(), acknowledged_.end(),
                                        [&](auto append) { return !audit.appends.contains(append); });
        const auto risen = std::count_if(refused_.begin(), refused_.end(),
                                         [&](auto append) { return audit.appends.contains(append); });
        into_.risen += risen != 0;
        into_.lost += lost != 0;
        into_.doubled += audit.doubled != 0;
        into_.unsound += audit.corrupt != 0 || audit.partial != 0;
        if ((lost != 0 || risen != 0 || !audit.is_sound()) && into_.complaint.empty())
            into_.complaint = fmt::format("{}: {} lost, {} risen, {} doubled, {} partial, {}", when, lost, risen,
                                          audit.doubled, audit.partial, audit.complaint);
    }

    simulated_disk disk_;
    simulated_vfs vfs_;
    tally& into_;
    disk_fault fault_;
    caller caller_;
    bool must_resolve_ = false;  // an outcome is unknown, so giving up would be no answer
    std::vector<std::int64_t> acknowledged_;
    std::vector<std::int64_t> refused_;
};

class nth_fault : public testing::TestWithParam<disk_fault> {};

void try_every_call(disk_fault fault, caller how) {
    tally found;
    for (fault.nth = 1;; ++fault.nth) {
        const auto before = found.complaint;
        const auto fired = run(fault, how, found).through();
        if (found.complaint != before) found.complaint = fmt::format("call {}: {}", fault.nth, found.complaint);
        if (!fired) break;
    }
    fmt::print(
        "nth_fault: {} faults, {} lost, {} doubled, {} risen, {} stuck, {} unsound; {} unknown outcomes resolved\n",
        found.fired, found.lost, found.doubled, found.risen, found.stuck, found.unsound, found.unknown);
    EXPECT_GT(found.fired, 5) << "the fault hardly ever struck";
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.doubled, 0) << found.complaint;
    EXPECT_EQ(found.risen, 0) << found.complaint;
    EXPECT_EQ(found.stuck, 0);
    EXPECT_EQ(found.unsound, 0) << found.complaint;
}

TEST_P(nth_fault, loses_nothing_doubles_nothing_and_leaves_nothing_stuck) {
    try_every_call(GetParam(), caller::insists);
}

TEST_P(nth_fault, what_was_said_not_to_be_stored_is_never_seen) { try_every_call(GetParam(), caller::gives_up); }

using enum disk_call;
using enum fault_length;

INSTANTIATE_TEST_SUITE_P(each_call, nth_fault,
                         testing::Values(disk_fault{calls({write}), 0, disk_outcome::io_error, once},
                                         disk_fault{calls({write}), 0, disk_outcome::io_error, until_healed},
                                         disk_fault{calls({write}), 0, disk_outcome::no_space, once},
                                         disk_fault{calls({write}), 0, disk_outcome::no_space, until_healed},
                                         disk_fault{calls({write}), 0, disk_outcome::short_write, once},
                                         disk_fault{calls({write}), 0, disk_outcome::short_write, until_healed},
                                         disk_fault{calls({sync, sync_directory}), 0, disk_outcome::io_error, once},
                                         disk_fault{calls({sync, sync_directory}), 0, disk_outcome::io_error,
                                                    until_healed},
                                         disk_fault{calls({truncate, remove}), 0, disk_outcome::io_error, once},
                                         disk_fault{calls({truncate, remove}), 0, disk_outcome::io_error, until_healed},
                                         disk_fault{calls({read}), 0, disk_outcome::io_error, once},
                                         disk_fault{calls({read}), 0, disk_outcome::io_error, until_healed},
                                         disk_fault{calls({open}), 0, disk_outcome::io_error, once},
                                         disk_fault{calls({open}), 0, disk_outcome::io_error, until_healed}));

}  // namespace
}  // namespace leftfold
