#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "deadline_book.hpp"
#include "leftfold/projections/process_base.hpp"
#include "leftfold/projections/reaction.hpp"
#include "process_runner.hpp"

namespace leftfold::inline v0::detail {

/// What one event does: copies of the instances that it concerns, changed, and what they ask for.
class process_runner::round final : public delivery {
public:
    struct touched {
        std::string key;
        std::unique_ptr<process_base> state;
        reaction_core asked;
        bool is_over = false;
    };

    round(const process_runner& by, const recorded& at, bool is_live) : by_(by), at_(at), is_live_(is_live) {}

    process_base& instance(const std::string& key) override;
    reaction_core* asked() override { return is_live_ ? &current_->asked : nullptr; }

    std::deque<touched>& all() { return all_; }
    bool is_live() const { return is_live_; }

    /// The deadline that this is the message of, if it is one.
    std::optional<deadline_id> met;

private:
    const process_runner& by_;
    const recorded& at_;
    bool is_live_;
    std::deque<touched> all_;
    touched* current_ = nullptr;
};

}  // namespace leftfold::inline v0::detail
