#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "standing_order.hpp"

namespace leftfold::inline v0::detail {

/// What the models of one engine share: who waits for them, and whether they are to end.
struct model_signals {
    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<bool> stopping{false};
    std::atomic<int> orders{0};  // how many wait to be carried out: folding makes way for them
    engine_options options;
};

/// Where one model stands, for all to read: the model writes after each step, anybody reads or waits. Safe from any
/// thread.
class model_board {
public:
    /// `kind` is what people call it: `projection`, `process`, `reactor`.
    model_board(std::shared_ptr<store_core> store, std::shared_ptr<model_signals> signals, const char* kind,
                std::string name);

    /// What the model says of itself after a step.
    struct news {
        cut reached;
        projection_state state;
        double events_per_second;
        int attempts;
        std::string failure;
        std::size_t failures;
        std::string last_failure;
        std::size_t restarts;
        bool is_behind;  ///< of what is closed
        standing_order told;
        recorded_at through;
        recorded_at complete_through;  ///< readers see every event recorded up to here; min(): ask for the cut
        std::size_t parked;
        bool parks;  ///< false only when nothing in the database can be parked
    };
    void publish(news now);
    void begun_anew(std::string why);
    void began(recorded_at since, std::int64_t generation);
    /// How far the generation is that is being built; none any more.
    void building(std::optional<rebuild_progress> how_far);
    /// The first time of which the rows can be told.
    recorded_at since() const;

    projection_status status() const;
    /// Looks whether the model has stalled, which nobody can be sure that it notices itself. Returns the words for it,
    /// once for each stall. To be called every now and then.
    std::optional<std::string> look_for_stall();
    /// Whether every event recorded up to a time is in the committed rows, for all that is known without asking the
    /// store.
    bool holds_all(recorded_at when) const;
    /// Whether events up to the cut that a reader waited for may be parked: if so, the database knows.
    bool parks() const;
    /// Waits until every event of `where` is in the committed rows, or never will be. When they are not, it answers or
    /// throws errc::behind or projection_stopped, as it was told.
    freshness wait_until(const cut& where, wait_options options, std::string_view doing) const;

private:
    bool is_stalled(const cut& closed, std::int64_t now_us) const;

    mutable event_store store_;  // asking a store is no change of the board
    std::shared_ptr<model_signals> signals_;
    const char* kind_;
    projection_status status_;  // under signals_->mutex, but for the lag
    recorded_at through_ = recorded_at::min();
    recorded_at complete_through_ = recorded_at::min();
    bool parks_ = false;
    std::optional<std::int64_t>
        behind_since_us_;  // since when it has come no further, though there was something to fold
    bool stall_is_told_ = false;
};

/// Counts the events of `to` that are not in `from`. Takes any cut, also one that somebody made up.
std::size_t events_between(const cut& from, const cut& to);

/// A cut that no store comes to.
cut beyond_all(std::uint32_t partitions);

/// How far rows that have come to `reached`, and miss nothing through that time, are from having all of `wanted`.
freshness freshness_of(const cut& reached, recorded_at through, const cut& wanted, std::int64_t wall_us);

}  // namespace leftfold::inline v0::detail
