// An acknowledged append survives a power cut at any moment; what was not acknowledged is there whole or not at all.
//
// The store runs on the real SQLite engine over a simulated disk that logs every write and sync. At each point of the
// log, images of what a power cut could have left are written to files and opened by the platform's own VFS.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/closing_line.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace power_cut_test {

using namespace test_support;

constexpr auto store_path = "/bank.store";

struct acknowledgement {
    std::size_t moment;  // of the disk, when the append returned
    std::int64_t append;
};

// Appends to many streams of a store of two partitions: small ones, batches, some with large payloads, with a WAL small
// enough to be copied often, and a clean close in between.
std::vector<acknowledgement> run_workload(simulated_disk& disk, durability level) {
    const simulated_vfs vfs(disk);
    std::mt19937_64 random(11);
    std::vector<acknowledgement> acknowledged;
    for (int session = 0; session != 4; ++session) {
        auto store = open_sqlite(store_path, {.partitions = 2, .level = level, .wal_pages = 24, .vfs = vfs.name()});
        for (int i = 0; i != 40; ++i) {
            const auto append = session * 40 + i;
            const stream_id stream("account", "owner" + std::to_string(random() % 9));
            const auto count = i % 5 == 0 ? 2 + random() % 6 : 1;
            const auto bytes = i % 13 == 0 ? 9'000 : 100 + random() % 300;
            store.append(stream, expected_version::any(), numbered_events(append, count, bytes)).value();
            acknowledged.push_back({disk.moment(), append});
        }
        store.close();
    }
    return acknowledged;
}

struct sampling {
    std::size_t step = 1;  // every so many lines of the disk's log
    int images = 1;        // of each mode that has more than one
};

struct verdict {
    int images = 0;
    int lost = 0;     // images in which an acknowledged append is missing
    int unsound = 0;  // images with a partial or doubled append, a gap, or anything corrupt
    std::string complaint;
};

verdict try_images(durability level, sampling sample) {
    simulated_disk disk;
    const auto acknowledged = run_workload(disk, level);
    const temporary_directory place(temporary_directory::where::in_memory);
    std::mt19937_64 random(29);
    disk_replay replay(disk);
    verdict found;
    std::size_t next = 0;
    for (std::size_t moment = 0; moment <= disk.moment(); moment += sample.step) {
        replay.advance_to(moment);
        while (next < acknowledged.size() && acknowledged[next].moment <= moment) ++next;
        for (auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors}) {
            for (int i = 0; i != sample.images; ++i) {
                write_image(replay.crash(mode, random), place / "bank.store");
                const auto audit = audit_store(place / "bank.store", {.partitions = 2, .level = durability::none});
                ++found.images;
                const auto is_missing = [&](const auto& ack) { return !audit.appends.contains(ack.append); };
                found.lost +=
                    std::any_of(acknowledged.begin(), acknowledged.begin() + static_cast<long>(next), is_missing);
                found.unsound += !audit.is_sound();
                if (found.complaint.empty() && !audit.is_sound())
                    found.complaint = fmt::format("at moment {} of {}: {} ({} partial, {} doubled)", moment,
                                                  disk.moment(), audit.complaint, audit.partial, audit.doubled);
                if (mode == crash_mode::drop_unsynced) break;  // there is one such image
            }
        }
    }
    return found;
}

TEST(power_cut, loses_no_acknowledged_append_and_leaves_nothing_partial) {
    const auto found = try_images(durability::power_loss, {.images = 3});
    const auto control = try_images(durability::process_crash, {.step = 5});
    closing_line("power_cut: {} images, {} lost, {} corrupt; control: {} of {} lost", found.images, found.lost,
                 found.unsound, control.lost, control.images);
    EXPECT_GE(found.images, 5'000);
    EXPECT_EQ(found.lost, 0);
    EXPECT_EQ(found.unsound, 0) << found.complaint;
    EXPECT_GT(control.lost, 100) << "the test finds no loss where there must be some";
    EXPECT_EQ(control.unsound, 0) << control.complaint;
}

}  // namespace power_cut_test
}  // namespace leftfold
