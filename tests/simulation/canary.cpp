#include "simulation/canary.hpp"

#include <map>
#include <vector>

#include "integrity.hpp"

namespace leftfold::simulation {

namespace {

class stamps_the_wall_clock final : public wrong_stores::passing_log {
public:
    stamps_the_wall_clock(std::shared_ptr<partition_log> right, std::shared_ptr<simulated_clock> clock)
        : passing_log(std::move(right)), clock_(std::move(clock)) {}

    append_report append(fence& held, std::span<const event_view> group) override {
        std::vector<event_view> stamped(group.begin(), group.end());
        auto now = clock_->wall_us();
        auto chain = held.head.chain;
        for (auto& event : stamped) {
            const auto has_own_date = event.occurred.micros() != event.recorded.micros();
            event.recorded = recorded_at::from_micros(now++);
            if (!has_own_date) event.occurred = occurred_at::from_micros(event.recorded.micros());
            event.integrity.chain = chain = hasher_.next(chain, event);
            seal(event);
        }
        return right().append(held, stamped);
    }

private:
    std::shared_ptr<simulated_clock> clock_;
    chain_hasher hasher_;
};

class acknowledges_too_early final : public wrong_stores::passing_log {
public:
    using passing_log::passing_log;

    append_report append(fence& held, std::span<const event_view> group) override {
        auto& waits = waiting_[held.partition];
        if (!waits.events.empty()) {
            right().append(waits.held, waits.events.events());
            waits.events.clear();
        } else {
            waits.held = held;
        }
        for (const auto& event : group) waits.events.add(event);
        if (!group.empty()) held.head = {group.back().at, group.back().recorded, group.back().integrity.chain};
        return {};
    }

private:
    struct waiting {
        event_page events;
        fence held;
    };
    std::map<partition_id, waiting> waiting_;
};

}  // namespace

const char* to_string(defect planted) {
    switch (planted) {
        case defect::none:
            return "none";
        case defect::stamps_the_wall_clock:
            return "stamps the wall clock";
        case defect::acknowledges_too_early:
            return "acknowledges too early";
        case defect::commits_without_a_sync:
            return "commits without a sync";
    }
    return "unknown";
}

std::shared_ptr<partition_log> with_defect(std::shared_ptr<partition_log> right, defect planted,
                                           std::shared_ptr<simulated_clock> clock) {
    if (planted == defect::stamps_the_wall_clock)
        return std::make_shared<stamps_the_wall_clock>(std::move(right), std::move(clock));
    if (planted == defect::acknowledges_too_early) return std::make_shared<acknowledges_too_early>(std::move(right));
    return right;
}

}  // namespace leftfold::simulation
