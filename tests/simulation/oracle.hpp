#pragma once

#include <system_error>
#include <vector>

#include "simulation/answers.hpp"
#include "simulation/history.hpp"
#include "simulation/log_listener.hpp"
#include "simulation/request.hpp"
#include "simulation/trace.hpp"

namespace leftfold::simulation {

/// Knows what every client asked for and what the store answered, and says what is wrong with it.
///
/// Nothing acknowledged is lost, nothing is stored twice or in part or unasked, what was refused is never stored, and
/// an expected version that did not hold is never passed over.
class oracle final : public log_listener {
public:
    oracle(std::uint32_t partitions, trace& notes) : log_(partitions, found_), notes_(notes) {}

    // Clients tell what they do.

    /// A new request; its number is that of the requests so far.
    std::int64_t next_request() const { return static_cast<std::int64_t>(requests_.size()); }
    void ask(request wanted) { requests_.push_back(std::move(wanted)); }
    const request& asked(std::int64_t number) const { return requests_[static_cast<std::size_t>(number)]; }
    void sent(std::int64_t number) { ++of(number).in_flight; }
    /// The store answered.
    void answered(std::int64_t number, std::error_code failed, const append_result& outcome);
    /// The machine fell before it answered.
    void cut_off(std::int64_t number);
    /// Nobody will send it again.
    void gave_up(std::int64_t number) { of(number).is_answered = true; }

    // The log that is watched tells what the store does.

    void offered(partition_id partition, std::span<const event_view> group) override;
    void committed(partition_id partition) override;
    void dropped(partition_id partition) override { log_.drop(partition); }
    /// The store is open again after a crash or a clean end.
    void recovered(event_store& store, const cut& from);

    history& log() { return log_; }
    const answer_book& answers() const { return answers_; }
    verdict& found() { return found_; }

private:
    request& of(std::int64_t number) { return requests_[static_cast<std::size_t>(number)]; }
    void check_group(std::span<const event_view> group);
    void check_stored(std::int64_t number, const appended& outcome);
    void check_conflict(std::int64_t number, const conflict& outcome);
    void check_refused(std::int64_t number, std::error_code why);
    void complain(std::int64_t number, const std::string& what);

    verdict found_;
    history log_;
    answer_book answers_{found_};
    std::vector<request> requests_;
    trace& notes_;
};

}  // namespace leftfold::simulation
