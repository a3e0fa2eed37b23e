#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

/// Told of what a store and its engine do. The library itself never prints; whoever wants figures or a log derives from
/// this.
///
/// Every function does nothing by default. They are called on the thread that did the work, some of them inside the
/// commit section of a partition, so they must be quick, must not throw, and must not call back into the store.
class observer {
public:
    /// An append that is stored: where its last event stands, and how many there were.
    struct append_event {
        position last;
        std::size_t events;
        bool repeated;  ///< stored earlier under the same ids
    };
    /// A group of appends that was made durable by one commit of a partition.
    struct group_commit {
        partition_id partition;
        std::size_t appends;
        std::size_t events;
        std::size_t bytes;               ///< of payloads and headers
        std::chrono::microseconds took;  ///< from handing the group to the log until it was durable
    };
    /// An append that was refused because its stream was not as expected.
    struct lost_race {
        const stream_id& stream;
        version expected;
        version actual;
    };
    /// How far a projection is behind the store: in events, and by the age of the oldest of them.
    struct projection_lag {
        std::string_view projection;
        std::size_t events_behind;
        std::chrono::microseconds time_behind;
    };

    virtual ~observer() = default;

    virtual void on_append(const append_event&) {}
    virtual void on_group_commit(const group_commit&) {}
    virtual void on_conflict(const lost_race&) {}
    virtual void on_lag(const projection_lag&) {}
    /// Something that an operator should know and that no caller is told: one sentence.
    virtual void on_warning(std::string_view) {}
};

/// What the observer on standard error tells.
enum class observe {
    warnings,    ///< warnings and conflicts
    everything,  ///< each group commit too
};

/// Makes an observer that writes one line to standard error for each thing that it is to tell. A sample to start from.
std::shared_ptr<observer> make_stderr_observer(observe what = observe::warnings);

}  // namespace leftfold::inline v0
