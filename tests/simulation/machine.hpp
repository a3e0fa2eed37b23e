#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "simulation/canary.hpp"
#include "simulation/oracle.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/watched_log.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace leftfold::simulation {

struct machine_options {
    std::uint32_t partitions = 2;
    std::int32_t wal_pages = 64;
    store_limits limits{};
    /// How long a call of the disk takes at most; a sync is the slowest.
    std::chrono::microseconds disk_latency{200};
    defect planted = defect::none;
};

/// How a machine falls.
enum class fall {
    process_killed,       ///< what was written is still there for the next process
    power_cut,            ///< what was not synced is gone
    power_cut_some_kept,  ///< of what was not synced, each write arrived or not
    power_cut_torn,       ///< of what was not synced, each sector arrived or not
};

/// A computer with one disk, on which one process owns the store: the real store on the real SQLite engine. It falls,
/// at any call of its disk, and comes back with what the disk then holds.
///
/// Falls happen inside calls of the store, which returns from them like after an I/O error; from that moment on nobody
/// listens to it. The main loop sees has_fallen() and calls bury().
class machine {
public:
    machine(machine_options options, std::shared_ptr<scheduler> runs, std::shared_ptr<simulated_clock> clock,
            chance& luck, oracle& told, trace& notes);
    ~machine();

    bool is_up() const { return store_.has_value() && !life_->is_over; }
    bool has_fallen() const { return life_->is_over; }
    event_store& store() { return *store_; }
    /// The life of the process that runs now: a handler that finds it over must not speak.
    const std::shared_ptr<process_life>& life() const { return life_; }

    /// Opens the store and compares it with the model. Does nothing more when that fails, or the machine falls
    /// meanwhile.
    void boot();
    /// Closes the store as a program does that ends.
    void shut_down();
    /// Falls at the so-manieth call of the disk from now; 0: at once.
    void fall_in(std::uint64_t disk_calls, fall how);
    /// Takes what is left of a fallen machine away, so that it can boot.
    void bury();

    /// Calls `hook` before a process starts on a store that is there already, while nobody has it open.
    void before_it_boots(std::function<void()> hook) { before_it_boots_ = std::move(hook); }
    /// Opens the store for that long, as an operator does who changes nothing in it, and calls `work` with it.
    void maintain(const std::function<void(event_store&)>& work);
    /// Opens another store on the same disk, in the process that runs, with somebody who hears of its groups.
    event_store open_beside(const std::string& path, log_listener& told);
    fork_options options_of_fork();
    /// Calls `hook` before the store of a process goes, at its end and after its fall: what holds on to it goes first.
    void before_it_goes(std::function<void()> hook) { before_it_goes_ = std::move(hook); }

    /// Makes calls of the disk fail.
    void break_disk(test_support::disk_fault how) { disk_->inject(how); }
    void mend_disk() { disk_->heal(); }
    /// Each call of the disk takes that many times as long.
    void slow_disk(std::int64_t factor) { slowness_ = factor; }

    int falls() const { return falls_; }

private:
    void new_disk(const test_support::disk_image& image);
    void new_process();
    void on_disk_call(test_support::disk_call call);
    void fall_now();
    sqlite_options options_of_store();
    event_store open();
    void failed_to_open(const error& why);
    cut compared_from();

    machine_options options_;
    std::shared_ptr<scheduler> scheduler_;
    std::shared_ptr<simulated_clock> clock_;
    chance& luck_;
    oracle& oracle_;
    trace& notes_;

    std::unique_ptr<test_support::simulated_disk> disk_;
    std::unique_ptr<test_support::disk_replay> replay_;
    std::unique_ptr<test_support::simulated_vfs> vfs_;
    std::shared_ptr<process_life> life_ = std::make_shared<process_life>();
    std::optional<event_store> store_;
    std::function<void()> before_it_goes_ = [] {};
    std::function<void()> before_it_boots_ = [] {};

    std::optional<std::uint64_t> calls_to_fall_;
    fall how_ = fall::process_killed;
    std::optional<test_support::disk_image> left_behind_;  // by a power cut
    std::mt19937_64 tears_;
    std::int64_t slowness_ = 1;
    int falls_ = 0;
    int boots_ = 0;
};

}  // namespace leftfold::simulation
