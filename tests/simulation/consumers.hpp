#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "simulation/clients.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold::simulation {

/// A projection engine in the process of the machine, which folds a read model and runs a process manager; now and then
/// it builds the rows anew, or goes back to those before. Whenever it likes, and after each rebuild, the rows are
/// compared with a fold of the model's log, now and as of times of the past.
///
/// Its database lies on the simulated disk. A process that ends takes it away, and the next one finds what is durable.
/// It is also killed alone, between any two of its durable steps, so that what it had done is delivered again.
class consumers {
public:
    explicit consumers(client_world& world);
    ~consumers();

    /// Goes on with whatever comes next, now or later by itself.
    void begin();
    /// The process goes.
    void end();
    /// What has yet to happen before all is folded and reacted to, and nothing waits for its time; nothing when it has.
    std::string what_is_missing() const;
    /// Compares everything once more.
    void look_at_the_end();

    std::int64_t comparisons() const { return comparisons_; }
    std::int64_t rebuilds() const { return rebuilds_; }
    std::int64_t kills() const { return kills_; }

private:
    struct running;

    void proceed();
    void step();
    void rebuild();
    void sleep_until_due();
    void compare();
    void compare_past();
    void complain(const std::string& what);

    client_world& world_;
    test_support::temporary_directory place_;  // of the locks alone: nothing else is really there
    std::unique_ptr<running> running_;
    bool was_busy_ = true;
    std::optional<std::int64_t> points_to_live_;  // failpoints that it has yet to pass
    std::int64_t comparisons_ = 0;
    std::int64_t rebuilds_ = 0;
    std::int64_t kills_ = 0;
};

}  // namespace leftfold::simulation
