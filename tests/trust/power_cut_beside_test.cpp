// What lies beside the log survives a power cut as promised, too: the index and the snapshots may lose their newest
// part but never answer wrongly, a saved checkpoint is there, the clock never goes back, and a read model is never
// ahead of the log and ends equal to a replay.
//
// One machine runs a store and an engine over a simulated disk that logs every write and sync. Images of what a power
// cut could have left at each point of the log are written to files and opened by the platform's own VFS.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/testing/world.hpp"
#include "sqlite/run_index.hpp"
#include "support/balances.hpp"
#include "support/closing_line.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace power_cut_beside_test {

using namespace test_support;

constexpr std::size_t accounts = 7;
constexpr std::uint64_t fingerprint = 42;

stream_id account(std::size_t number) { return {"account", "owner" + std::to_string(number)}; }

std::vector<event_data> deposits(std::int64_t first, std::size_t count) {
    std::vector<event_data> events;
    for (std::size_t i = 0; i != count; ++i) {
        auto& event = events.emplace_back();
        event.type = deposited::event_type;
        encode(deposited{first + static_cast<std::int64_t>(i)}, event.payload);
        event.id = derive_event_id("deposit " + std::to_string(first) + "." + std::to_string(i));
    }
    return events;
}

// One machine: its files are on the simulated disk, all of them.
struct machine {
    std::filesystem::path home;  // names alone: nothing but the locks is really there
    simulated_disk disk{};
    std::shared_ptr<testing::queued_executors> threads = std::make_shared<testing::queued_executors>();
    std::shared_ptr<testing::seeded_random> random = std::make_shared<testing::seeded_random>();

    environment world() const { return {.random = random, .executors = threads}; }
    std::filesystem::path store() const { return home / "bank.store"; }
    std::filesystem::path views() const { return home / "bank.store/views.db"; }
};

// What was promised at a moment of the disk.
struct promise {
    std::size_t moment = 0;
    offset appended{};    // the head after an acknowledged append
    offset checkpoint{};  // the last one that was saved
};

// A store whose index is so small that it writes, merges and drops runs all the time.
event_store open_with_small_index(const machine& on, const std::string& vfs, durability level,
                                  sqlite::run_index*& index) {
    auto parts = make_sqlite_parts(
        on.store(), {.partitions = 1, .level = level, .wal_pages = 40, .vfs = vfs, .store = {.world = on.world()}});
    auto made = std::make_unique<sqlite::run_index>(
        *parts.log, parts.partitions, on.store(),
        sqlite::run_index_options{
            .vfs = vfs, .world = on.world(), .limits = {.merge_fan_in = 2, .unwritten_at_close = 0}});
    index = made.get();
    parts.index = std::move(made);
    return event_store(std::move(parts), {.world = on.world()});
}

class busy_day {
public:
    busy_day(machine& on, const std::string& vfs, durability level) : on_(on), vfs_(vfs), level_(level) {}

    std::vector<promise> run() {
        for (int session = 0; session != 6; ++session) {
            sqlite::run_index* index = nullptr;
            auto store = open_with_small_index(on_, vfs_, level_, index);
            projection_engine engine{store};
            engine.add<balances>({.database = on_.views()});
            for (int i = 0; i != 14; ++i) {
                append(store);
                if (i % 3 == 0) engine.catch_up();
                if (i % 4 == 1) keep_snapshot(store);
                if (i % 5 == 2) keep_checkpoint(store);
                index->work(partition_id(0));
                on_.threads->run();
            }
            engine.catch_up();
        }
        return promises_;
    }

private:
    void append(event_store& store) {
        last_ = account(random_() % accounts);
        const std::size_t count = random_() % 4 == 0 ? 9 : 1;
        const auto done = store.append(last_, expected_version::any(), deposits(++appends_ * 100, count)).value();
        version_ = done.version();
        note({.appended = done.position.at, .checkpoint = now().checkpoint});
    }

    void keep_snapshot(event_store& store) {
        const auto head = store.head_of(partition_id(0));
        store.snapshots().save({.store = store.id(),
                                .epoch = store.epoch(),
                                .stream = last_,
                                .version = version_,
                                .position = {partition_id(0), head.at},
                                .recorded = head.recorded,
                                .chain = head.chain,
                                .fingerprint = fingerprint,
                                .state = to_string(last_) + " " + std::to_string(version_.value())});
    }

    void keep_checkpoint(event_store& store) {
        const auto head = store.head_of(partition_id(0));
        store.checkpoints().save(
            "relay", {.store = store.id(), .epoch = store.epoch(), .consumed = store.heads(), .chains = {head.chain}});
        note({.appended = head.at, .checkpoint = head.at});
    }

    promise now() const { return promises_.empty() ? promise{} : promises_.back(); }
    void note(promise made) {
        made.moment = on_.disk.moment();
        promises_.push_back(made);
    }

    machine& on_;
    const std::string& vfs_;
    durability level_;
    std::mt19937_64 random_{3};
    std::int64_t appends_ = 0;
    stream_id last_;
    version version_;
    std::vector<promise> promises_;
};

// Looks at one image, and says in words what is wrong with it.
class examination {
public:
    examination(const machine& after, const promise& promised) : on_(after), promised_(promised) {}

    std::string lost;   // what was promised and is not there
    std::string wrong;  // what is there and is not what was written

    void run() {
        try {
            sqlite::run_index* index = nullptr;
            auto store = open_with_small_index(on_, {}, durability::none, index);
            read_log(store);
            check_clock(store);
            check_index(store);
            check_snapshots(store);
            check_checkpoint(store);
            check_read_model(store);
        } catch (const std::exception& failed) {
            complain(failed.what());
        }
    }

private:
    struct past {
        std::vector<offset> offsets;
        std::int64_t cents = 0;
    };

    void complain(const std::string& what) {
        if (wrong.empty()) wrong = what;
    }
    void miss(const std::string& what) {
        if (lost.empty()) lost = what;
    }

    void read_log(event_store& store) {
        chain_hasher hasher;
        chains_.emplace_back();
        store.read_partition(partition_id(0), {}, {.events = 100'000}, {}, payloads::read,
                             [&](const event_view& event) {
                                 chains_.push_back(hasher.next(chains_.back(), event));
                                 if (chains_.back() != event.integrity.chain)
                                     complain("the chain breaks at " + to_string(event.position()));
                                 auto& story = streams_[std::string(event.key)];
                                 story.offsets.push_back(event.at);
                                 story.cents += decode<deposited>(event.payload).cents;
                                 ids_.emplace(event.id, event.at);
                                 last_recorded_ = event.recorded;
                                 return true;
                             });
        head_ = offset(static_cast<std::int64_t>(chains_.size()) - 1);
        if (head_ < promised_.appended) miss("events after " + to_string(position{partition_id(0), head_}));
    }

    void check_clock(event_store& store) {
        if (store.closed() < last_recorded_) complain("the clock went back");
    }

    void check_index(event_store& store) {
        auto& index = store.index();
        for (std::size_t i = 0; i != accounts; ++i) {
            const auto stream = account(i);
            const auto& expected = streams_[stream.key()].offsets;
            if (index.find(partition_id(0), stream, version(1), 10'000, direction::forward) != expected)
                complain("the index has other events of " + to_string(stream));
            const auto head = index.head(partition_id(0), stream);
            if (head.has_value() == expected.empty() || (head && head->at != expected.back()))
                complain("the index has another end of " + to_string(stream));
        }
        std::size_t each = 0;
        for (const auto& [id, at] : ids_)
            if (each++ % 8 == 0 && index.find_id(partition_id(0), id) != at) complain("the index does not know an id");
    }

    void check_snapshots(event_store& store) {
        for (std::size_t i = 0; i != accounts; ++i) {
            const auto found = store.snapshots().find(account(i), fingerprint, version(1'000'000), recorded_at::max());
            if (!found) continue;
            if (found->state != to_string(found->stream) + " " + std::to_string(found->version.value()))
                complain("a snapshot was altered");
            if (found->position.at > head_)
                miss("the events of a snapshot");
            else if (chains_[static_cast<std::size_t>(found->position.at.value())] != found->chain)
                complain("a snapshot is of another history");
        }
    }

    void check_checkpoint(event_store& store) {
        const auto found = store.checkpoints().load("relay");
        const auto at = found ? found->consumed.at(partition_id(0)) : offset{};
        if (at < promised_.checkpoint) miss("a checkpoint");
        if (at > head_)
            miss("the events of a checkpoint");
        else if (found && found->chains.front() != chains_[static_cast<std::size_t>(at.value())])
            complain("a checkpoint is of another history");
    }

    void check_read_model(event_store& store) {
        projection_engine engine{store};
        auto& read = engine.add<balances>({.database = on_.views()});
        if (const auto why = engine.status<balances>().begun_anew_because; !why.empty()) miss("a read model: " + why);
        engine.catch_up();
        std::size_t there = 0;
        for (const auto& [key, story] : streams_) {
            if (story.offsets.empty()) continue;
            ++there;
            const auto row = read.rows.find(key);
            if (!row || row->cents != story.cents) complain("the read model has another balance of " + key);
            const auto then = read.rows.as_of(last_recorded_).find(key);
            if (!then || then->cents != story.cents) complain("the history ends with another balance of " + key);
        }
        if (read.rows.count() != static_cast<std::int64_t>(there)) complain("the read model has other accounts");
    }

    const machine& on_;
    const promise promised_;
    std::map<std::string, past> streams_;
    std::map<event_id, offset> ids_;
    std::vector<chain_hash> chains_;  // by offset
    offset head_;
    recorded_at last_recorded_;
};

struct verdict {
    std::int64_t images = 0;
    std::int64_t lost = 0;
    std::int64_t wrong = 0;
    std::string complaint;
};

/// Looks at every `step`-th moment of the disk's log, from the moment `first` on.
verdict try_images(durability level, std::size_t step, std::size_t first) {
    const temporary_directory place(temporary_directory::where::in_memory);
    machine before{place / "before"};
    std::filesystem::create_directories(before.store());
    std::vector<promise> promises;
    {
        const simulated_vfs vfs(before.disk, {.as = simulated_vfs_options::role::platform});
        promises = busy_day(before, vfs.name(), level).run();
    }
    const machine after{place / "after"};
    std::mt19937_64 random(31);
    disk_replay replay(before.disk);
    verdict found;
    for (std::size_t moment = first; moment <= before.disk.moment(); moment += step) {
        replay.advance_to(moment);
        const auto later = std::upper_bound(promises.begin(), promises.end(), moment,
                                            [](std::size_t at, const promise& made) { return at < made.moment; });
        const auto promised = later == promises.begin() ? promise{} : *std::prev(later);
        for (auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors}) {
            write_image(replay.crash(mode, random), after.store());
            examination look(after, promised);
            look.run();
            ++found.images;
            found.lost += !look.lost.empty();
            found.wrong += !look.wrong.empty();
            if (found.complaint.empty() && !(look.lost + look.wrong).empty())
                found.complaint = fmt::format("at moment {} of {}, mode {}: {} is lost; {}", moment,
                                              before.disk.moment(), static_cast<int>(mode), look.lost, look.wrong);
        }
    }
    return found;
}

// Every moment nightly; else each run takes every ninth, and its seed says from which on.
TEST(power_cut_beside, the_log_never_leaves_a_wrong_answer) {
    const auto* const tier = std::getenv("LEFTFOLD_TIER");
    const auto is_nightly = tier != nullptr && std::string_view(tier) == "nightly";
    const std::size_t step = is_nightly ? 1 : 9;
    const auto* const seed = std::getenv("LEFTFOLD_SEED");
    const std::size_t first = seed == nullptr ? 0 : std::strtoull(seed, nullptr, 10) % step;
    const auto found = try_images(durability::power_loss, step, first);
    const auto control = try_images(durability::process_crash, 44, first);
    closing_line("power_cut_beside: {} images, {} lost, {} wrong; control: {} of {} lost", found.images, found.lost,
                 found.wrong, control.lost, control.images);
    EXPECT_GE(found.images, is_nightly ? 3'000 : 350);
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.wrong, 0) << found.complaint;
    EXPECT_GT(control.lost, control.images / 4) << "the test finds no loss where there must be some";
}

}  // namespace power_cut_beside_test
}  // namespace leftfold
