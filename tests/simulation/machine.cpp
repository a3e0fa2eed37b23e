#include "simulation/machine.hpp"

#include <algorithm>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::simulation {

namespace {

using namespace test_support;

constexpr auto store_path = "/bank.store";

crash_mode mode_of(fall how) {
    switch (how) {
        case fall::power_cut_some_kept:
            return crash_mode::random_subset;
        case fall::power_cut_torn:
            return crash_mode::torn_sectors;
        default:
            return crash_mode::drop_unsynced;
    }
}

}  // namespace

machine::machine(machine_options options, std::shared_ptr<scheduler> runs, std::shared_ptr<simulated_clock> clock,
                 chance& luck, oracle& told, trace& notes)
    : options_(options),
      scheduler_(std::move(runs)),
      clock_(std::move(clock)),
      luck_(luck),
      oracle_(told),
      notes_(notes),
      tears_(luck.next()) {
    new_disk({});
}

machine::~machine() {
    life_->is_over = true;
    disk_->unplug();
    store_.reset();
}

void machine::new_disk(const disk_image& image) {
    vfs_.reset();
    replay_.reset();
    disk_ = std::make_unique<simulated_disk>(image);
    replay_ = std::make_unique<disk_replay>(*disk_);
    new_process();
}

// A VFS of its own: the locks and the shared memory of the process before are gone.
void machine::new_process() {
    vfs_.reset();
    vfs_ = std::make_unique<simulated_vfs>(
        *disk_,
        simulated_vfs_options{.now = [clock = clock_] { return std::chrono::microseconds{clock->wall_us()}; },
                              .sleep = [clock = clock_](std::chrono::microseconds time) { clock->advance(time); },
                              .as = simulated_vfs_options::role::platform,  // for read models, which name none
                              .seed = luck_.next() | 1U});
    life_ = std::make_shared<process_life>();
    calls_to_fall_.reset();
    left_behind_.reset();
    disk_->on_call([this](disk_call call, std::string_view) { on_disk_call(call); });
}

void machine::on_disk_call(disk_call call) {
    const auto is_sync = call == disk_call::sync || call == disk_call::sync_directory;
    const auto most = options_.disk_latency.count() * slowness_ / (is_sync ? 1 : 16);
    clock_->advance(std::chrono::microseconds{luck_.between(0, most)});
    if (calls_to_fall_ && (*calls_to_fall_)-- == 0) fall_now();
}

void machine::fall_in(std::uint64_t disk_calls, fall how) {
    how_ = how;
    if (disk_calls == 0)
        fall_now();
    else
        calls_to_fall_ = disk_calls;
}

void machine::fall_now() {
    ++falls_;
    notes_.note("fall", static_cast<std::int64_t>(how_), static_cast<std::int64_t>(disk_->moment()));
    if (how_ != fall::process_killed) {
        replay_->advance_to(disk_->moment());
        left_behind_ = replay_->crash(mode_of(how_), tears_);
    }
    calls_to_fall_.reset();
    life_->is_over = true;
    disk_->unplug();
}

void machine::bury() {
    before_it_goes_();
    store_.reset();
    disk_->plug_in();
    disk_->heal();
    slowness_ = 1;
    if (left_behind_)
        new_disk(disk_image(*left_behind_));
    else
        new_process();
}

sqlite_options machine::options_of_store() {
    return {.partitions = options_.partitions,
            .level =
                options_.planted == defect::commits_without_a_sync ? durability::process_crash : durability::power_loss,
            .wal_pages = options_.wal_pages,
            .vfs = vfs_->name(),
            .store = {
                .limits = options_.limits,
                .world = {.clock = clock_, .random = std::make_shared<chance>(luck_.next()), .executors = scheduler_}}};
}

fork_options machine::options_of_fork() {
    auto like = options_of_store();
    return {.level = like.level, .wal_pages = like.wal_pages, .store = std::move(like.store)};
}

event_store machine::open() {
    const auto options = options_of_store();
    auto parts = make_sqlite_parts(store_path, options);
    auto watched = std::make_shared<watched_log>(std::move(parts.log), oracle_, life_);
    parts.log = std::make_unique<wrong_stores::passing_log>(with_defect(std::move(watched), options_.planted, clock_));
    return event_store(std::move(parts), options.store);
}

event_store machine::open_beside(const std::string& path, log_listener& told) {
    const auto options = options_of_store();
    auto parts = make_sqlite_parts(path, options);
    parts.log = std::make_unique<watched_log>(std::move(parts.log), told, life_);
    return event_store(std::move(parts), options.store);
}

void machine::maintain(const std::function<void(event_store&)>& work) {
    try {
        auto plain = open_sqlite(store_path, options_of_store());
        work(plain);
    } catch (const error& failed) {
        failed_to_open(failed);
    }
}

void machine::failed_to_open(const error& why) {
    notes_.note("opening failed", static_cast<std::int64_t>(why.kind()));
    const auto may_happen = why.kind() == errc::io_error || why.kind() == errc::disk_full ||
                            why.kind() == errc::not_closed || why.kind() == errc::not_yet;
    if (!may_happen && !life_->is_over) oracle_.found().complain(std::string("opening the store: ") + why.what());
}

// Mostly the newest events alone, where a fall leaves its traces; now and then all of them.
cut machine::compared_from() {
    constexpr std::int64_t newest = 40;
    auto from = oracle_.log().heads();
    const auto is_whole = luck_.one_in(6);
    for (std::uint32_t p = 0; p != from.partitions(); ++p) {
        const auto head = from.at(partition_id(p)).value();
        from.set(partition_id(p), offset(is_whole ? 0 : std::max<std::int64_t>(0, head - newest)));
    }
    return from;
}

void machine::boot() {
    if (store_) return;
    if (life_->is_over) bury();
    if (boots_ != 0) before_it_boots_();
    try {
        store_.emplace(open());
        // What is compared is read in peace: the faults have had their turn while the store was opened.
        disk_->heal();
        disk_->on_call({});
        ++boots_;
        notes_.note("boot", boots_);
        oracle_.recovered(*store_, compared_from());
        oracle_.log().closed(store_->closed());
        disk_->on_call([this](disk_call call, std::string_view) { on_disk_call(call); });
    } catch (const error& failed) {
        failed_to_open(failed);
        if (!life_->is_over) new_process();
    }
}

void machine::shut_down() {
    if (!store_) return;
    notes_.note("shut down");
    before_it_goes_();
    store_->close();
    store_.reset();
    if (!life_->is_over) new_process();
}

}  // namespace leftfold::simulation
