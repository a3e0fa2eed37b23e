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
    struct append_event {
        position last;
        std::size_t events;
        bool repeated;  ///< stored earlier under the same ids
    };
    struct group_commit {
        partition_id partition;
        std::size_t appends;
        std::size_t events;
        std::size_t bytes;
        std::chrono::microseconds took;  ///< from handing the group to the log until it was durable
    };
    struct lost_race {
        const stream_id& stream;
        version expected;
        version actual;
    };
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

/// Makes an observer that writes a line to standard error for each warning and conflict, and, when `verbose`, for each
/// group commit too. A sample to start from.
enum class observe { warnings, everything };
std::shared_ptr<observer> make_stderr_observer(observe what = observe::warnings);

}  // namespace leftfold::inline v0
