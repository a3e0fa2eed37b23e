#pragma once

#include <chrono>
#include <optional>

#include "check.hpp"
#include "leftfold/testing/contract.hpp"
#include "leftfold/testing/world.hpp"
#include "script.hpp"

namespace leftfold::inline v0::testing {

/// An event_store over an engine under test, with clocks and randomness that the case controls, closed and opened again
/// where the variant says so.
class store_subject {
public:
    store_subject(engine& subject, variant how, std::uint32_t partitions = 4, store_limits limits = {})
        : subject_(subject), how_(how), limits_(limits) {
        store_.emplace(subject.make(partitions), options());
    }

    event_store& operator*() { return *store_; }
    event_store* operator->() { return &*store_; }
    manual_clock& clock() { return *clock_; }

    /// The place between writing and reading: opens the store again, or does nothing.
    void between() {
        if (how_ == variant::straight) return;
        store_.reset();
        store_.emplace(subject_.reopen(), options());
    }

private:
    store_options options() const { return {.limits = limits_, .world = {.clock = clock_, .random = random_}}; }

    engine& subject_;
    variant how_;
    store_limits limits_;
    std::shared_ptr<manual_clock> clock_ = std::make_shared<manual_clock>();
    std::shared_ptr<seeded_random> random_ = std::make_shared<seeded_random>();
    std::optional<event_store> store_;
};

/// As long as a case waits for what has to come.
inline constexpr auto for_ever = std::chrono::milliseconds{60'000};

/// So many events, their payloads numbered from `first`.
std::vector<event_data> numbered(int count, int first = 1);

/// An event under an id that the text gives.
event_data known_as(std::string_view name, std::string payload = "{}");

/// Appends, which must succeed.
appended must_append(event_store& store, const stream_id& stream, std::vector<event_data> events,
                     expected_version expected = expected_version::any());

/// Returns the conflict that an append ended with, which it must.
conflict must_conflict(append_result result);

/// All that stands in the store, partition by partition.
std::vector<recorded_event> everything(event_store& store);

/// Fails unless the store has so many events.
void expect_total(event_store& store, std::size_t events);

}  // namespace leftfold::inline v0::testing
