#pragma once

#include "simulation/log_listener.hpp"
#include "storage/wrong_stores/decorators.hpp"

namespace leftfold::simulation {

/// Whether the process that a store belongs to still runs. What it does after that is seen by nobody.
struct process_life {
    bool is_over = false;
};

/// Stands between a store and its engine, and tells of every group: when it goes to the engine, and what became of it.
class watched_log final : public wrong_stores::passing_log {
public:
    watched_log(std::shared_ptr<partition_log> right, log_listener& told, std::shared_ptr<process_life> life)
        : passing_log(std::move(right)), told_(told), life_(std::move(life)) {}

    append_report append(fence& held, std::span<const event_view> group) override {
        if (life_->is_over) return {append_status::retry_after, errc::io_error, "the process is no more"};
        told_.offered(held.partition, group);
        auto report = right().append(held, group);
        if (life_->is_over) return report;
        if (report.status == append_status::committed)
            told_.committed(held.partition);
        else if (report.status != append_status::outcome_unknown)
            told_.dropped(held.partition);
        return report;
    }

    std::optional<partition_head> resolve(fence& held, event_id first_of_group) override {
        auto found = right().resolve(held, first_of_group);
        if (life_->is_over) return found;
        if (found)
            told_.committed(held.partition);
        else
            told_.dropped(held.partition);
        return found;
    }

private:
    log_listener& told_;
    std::shared_ptr<process_life> life_;
};

}  // namespace leftfold::simulation
