#pragma once

#include <cstdint>
#include <memory>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

class observer;

/// The two clocks that a store reads. Both are injected, so that a simulation can turn them.
class clock_source {
public:
    virtual ~clock_source() = default;

    /// Returns the wall clock in microseconds since 1970-01-01T00:00:00Z. May step either way.
    virtual std::int64_t wall_us() = 0;

    /// Returns elapsed time in microseconds from some fixed start. Never goes back, and counts time in suspend
    /// (CLOCK_BOOTTIME on Linux).
    virtual std::int64_t elapsed_us() = 0;
};

/// Runs tasks one after another in the order in which they came. Each partition's writer has one of its own.
class executor {
public:
    virtual ~executor() = default;

    /// Queues a task. Safe from any thread; never runs the task inside the call. The destructor finishes what is
    /// queued.
    virtual void post(unique_function<void()> task) = 0;
};

/// Makes executors: threads of its own in the real world, queues of a seeded scheduler in a simulated one.
class executor_source {
public:
    virtual ~executor_source() = default;
    virtual std::unique_ptr<executor> make_executor() = 0;
};

/// The world outside: time, chance, threads, and who is told what happens. Whatever is left empty is the real thing
/// (for the observer: nobody). A whole store can run on one thread under a virtual clock by filling all four.
struct environment {
    std::shared_ptr<clock_source> clock{};
    std::shared_ptr<random_source> random{};
    std::shared_ptr<executor_source> executors{};
    std::shared_ptr<leftfold::observer> observer{};
};

/// Returns `given` with every empty member but the observer replaced by the real thing: the system's clocks, the
/// kernel's randomness, one thread an executor.
environment complete(environment given);

}  // namespace leftfold::inline v0
