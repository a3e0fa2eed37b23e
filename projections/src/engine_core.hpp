#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "driver.hpp"
#include "event_worker.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/control.hpp"
#include "model.hpp"
#include "read_side.hpp"
#include "rebuild_count.hpp"
#include "watchdog.hpp"

namespace leftfold::inline v0::detail {

/// What an engine is made of: its models, what drives them, and whose turn it is.
class engine_core {
public:
    engine_core(const event_store& of, engine_options options);

    /// A projection, and, when it has tables, the instance that its readers use.
    struct entry {
        std::unique_ptr<model> work{};
        std::shared_ptr<model_database> database{};
        std::unique_ptr<read_side> reads{};
        std::unique_ptr<projection_base> handle{};
    };

    // Safe from any thread

    /// Returns the projection of that name. Throws errc::not_found.
    entry& find_entry(std::string_view name);
    std::vector<entry*> all();
    /// Returns what acts on events: processes and reactors.
    std::vector<event_worker*> actors();
    /// Returns all that works: projections, then what acts on events.
    std::vector<worker*> workers();
    /// Returns the projection, process or reactor of that name. Throws errc::not_found.
    worker& find_worker(std::string_view name);

    /// Does something to a worker where it works: on its driver's executor, or here when none runs. Its work makes way
    /// for it. What it throws passes through.
    void at_worker(worker& of, function_ref<void()> task);

    void start();
    void stop();
    /// Ends the engine as a kill would: nothing is written any more when it goes.
    void leave() { left_ = true; }

    // The orders of projection_engine, by name
    void pause(std::string_view name, std::string_view by);
    void resume(std::string_view name, std::string_view by);
    freshness drain(std::string_view name, wait_options options, std::string_view by);
    void seek(std::string_view name, const start_at& where, std::string_view by);
    void stop(std::string_view name, std::string_view by);
    void roll_back(std::string_view projection);
    bool retry_parked(std::string_view projection, const stream_id& stream);
    bool discard_parked(std::string_view projection, const stream_id& stream);

    /// What somebody waits for, and the words for it.
    struct goal {
        cut where;
        std::string doing;
    };
    goal wanted(position where) const;
    goal wanted(const position_token& token) const;
    freshness wait_for(const model_board& of, const goal& wanted, wait_options options) const {
        return of.wait_until(wanted.where, options, wanted.doing);
    }
    freshness wait_for(const model& of, const goal& wanted, wait_options options) const {
        return wait_for(of.board(), wanted, options);
    }
    /// Waits for one after the other until one deadline, and returns what is the worst of each.
    freshness wait_for_all(const goal& wanted, wait_options options);

    // For whoever holds `hands`

    entry& add(entry made);
    template <class Actor>
    const Actor& add(std::unique_ptr<Actor> made) {
        check_new(*made);
        made->open();
        const auto& added = *made;
        const std::lock_guard lock(entries_mutex_);
        actors_.push_back(std::move(made));
        return added;
    }
    std::shared_ptr<model_database> open(const std::filesystem::path& file);
    /// Lets all that acts on events do so until none has anything to do: what one does may concern another. Takes the
    /// hands for each step. Returns one that does nothing, since it stopped or is paused; nullptr when there is none.
    worker* act();
    /// Lets a model do one thing. What comes through that is no std::exception ends the engine as a kill would.
    lane::action step(worker& of);
    void check_stopped(const char* doing) const;

    mutable event_store store;
    std::shared_ptr<model_signals> signals;
    rebuild_count rebuilds;
    /// Held by whoever folds, or starts and stops the folding, on a thread of their own. What runs on a driver's
    /// executor needs it not.
    std::mutex hands;

private:
    void check_new(const worker& made);
    std::shared_ptr<driver> driver_of(const worker& of) const;
    void listen();

    std::map<std::filesystem::path, std::weak_ptr<model_database>> databases_;  // under hands
    std::vector<std::shared_ptr<driver>> drivers_;                              // under hands
    std::shared_ptr<watchdog> watchdog_;                                        // under hands
    bool left_ = false;  // something that is no std::exception came through: end without another write
    std::mutex entries_mutex_;
    std::deque<entry> entries_;                          // under entries_mutex_; they stay where they are
    std::vector<std::unique_ptr<event_worker>> actors_;  // under entries_mutex_
    std::mutex listeners_mutex_;
    std::vector<std::unique_ptr<control_listener>> listeners_;  // under it; last: their verbs use all of the above
};

}  // namespace leftfold::inline v0::detail
