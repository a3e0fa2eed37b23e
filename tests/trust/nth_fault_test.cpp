// Whichever call of the disk fails, for once or until it is healed: nothing acknowledged is lost, nothing is stored
// twice, no outcome stays unknown, and the store goes on.

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
namespace nth_fault_test {

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

using enum disk_call;
using enum fault_length;

const disk_fault faults[] = {
    {calls({write}), 0, disk_outcome::io_error, once},
    {calls({write}), 0, disk_outcome::io_error, until_healed},
    {calls({write}), 0, disk_outcome::no_space, once},
    {calls({write}), 0, disk_outcome::no_space, until_healed},
    {calls({write}), 0, disk_outcome::short_write, once},
    {calls({write}), 0, disk_outcome::short_write, until_healed},
    {calls({sync, sync_directory}), 0, disk_outcome::io_error, once},
    {calls({sync, sync_directory}), 0, disk_outcome::io_error, until_healed},
    {calls({truncate, remove}), 0, disk_outcome::io_error, once},
    {calls({truncate, remove}), 0, disk_outcome::io_error, until_healed},
    {calls({read}), 0, disk_outcome::io_error, once},
    {calls({read}), 0, disk_outcome::io_error, until_healed},
    {calls({open}), 0, disk_outcome::io_error, once},
    {calls({open}), 0, disk_outcome::io_error, until_healed},
};

// Lets the first call fail, then the second, and so on until there is none left to fail.
void try_every_call(disk_fault fault, caller how, tally& found) {
    const auto fired_before = found.fired;
    for (fault.nth = 1;; ++fault.nth) {
        const auto complaint_before = found.complaint;
        const auto fired = run(fault, how, found).through();
        if (found.complaint != complaint_before)
            found.complaint = fmt::format("calls {}, outcome {}, length {}, call {}: {}", fault.calls,
                                          static_cast<int>(fault.outcome), static_cast<int>(fault.length), fault.nth,
                                          found.complaint);
        if (!fired) break;
    }
    EXPECT_GT(found.fired - fired_before, 5) << "the fault hardly ever struck: calls " << fault.calls;
}

TEST(nth_fault, loses_nothing_doubles_nothing_and_leaves_nothing_stuck) {
    tally found;
    for (const auto& fault : faults)
        for (const auto how : {caller::insists, caller::gives_up}) try_every_call(fault, how, found);
    closing_line(
        "nth_fault: {} faults, {} lost, {} doubled, {} risen, {} stuck, {} unsound; {} unknown outcomes resolved",
        found.fired, found.lost, found.doubled, found.risen, found.stuck, found.unsound, found.unknown);
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.doubled, 0) << found.complaint;
    EXPECT_EQ(found.risen, 0) << "what was said not to be stored was there later: " << found.complaint;
    EXPECT_EQ(found.stuck, 0);
    EXPECT_EQ(found.unsound, 0) << found.complaint;
    EXPECT_GT(found.unknown, 50) << "no commit ever failed half-way";
}

}  // namespace nth_fault_test
}  // namespace leftfold
