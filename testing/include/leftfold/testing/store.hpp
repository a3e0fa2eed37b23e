#pragma once

#include <memory>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold::inline v0::testing {

/// How a store for tests begins.
struct store_setup {
    std::uint32_t partitions = 4;
    /// Seeds the random bits that ids are made of.
    std::uint64_t seed = 1;
    /// What the wall clock shows at first.
    instant start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    store_limits limits{};
    std::shared_ptr<leftfold::observer> observer{};
};

/// A store in memory whose clocks stand still until the test moves them, and whose ids are the same in every run.
///
///     leftfold::testing::store store;
///     leftfold::repository<account> accounts{store};
///     accounts.execute("ann", [](account& a) { a.deposit(50); });
///     store.advance(std::chrono::days{30});
///
/// Events that are appended while the clock stands still are recorded one microsecond apart. Whatever takes an
/// event_store takes this.
class store : public event_store {
public:
    explicit store(store_setup setup = {})
        : store(setup, std::make_shared<manual_clock>(setup.start), std::make_shared<seeded_random>(setup.seed)) {}

    /// Returns the clocks, to set the wall clock alone, say.
    manual_clock& clock() { return *clock_; }
    /// Returns what the wall clock shows.
    instant now() const { return clock_->now(); }

    /// Lets time pass.
    void advance(std::chrono::microseconds by) { clock_->advance(by); }
    /// Lets time pass until the wall clock shows `when`. Does nothing when it is later already.
    void advance_to(instant when) { clock_->advance_to(when); }

private:
    store(const store_setup& setup, std::shared_ptr<manual_clock> clock, std::shared_ptr<random_source> random)
        : event_store(open_memory(
              {.partitions = setup.partitions,
               .store = {.limits = setup.limits,
                         .world = {.clock = clock, .random = std::move(random), .observer = setup.observer}}})),
          clock_(std::move(clock)) {}

    std::shared_ptr<manual_clock> clock_;
};

}  // namespace leftfold::inline v0::testing
