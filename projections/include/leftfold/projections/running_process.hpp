#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/process_base.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// A deadline that waits.
struct waiting_deadline {
    /// Of which instance, and under which name.
    std::string key{};
    std::string name{};
    instant due{};
    /// The message: its durable type and its JSON.
    std::string type{};
    std::string message{};

    friend bool operator==(const waiting_deadline&, const waiting_deadline&) = default;
};

namespace detail {
class process_runner;

std::unique_ptr<process_base> find_instance(const process_runner& of, std::string_view key);
std::size_t count_instances(const process_runner& of);
std::vector<waiting_deadline> deadlines_that_wait(const process_runner& of);
}  // namespace detail

/// A process at work: the handle that engine.add_process() returns. Copyable; valid as long as its engine. Every
/// function may be called from any thread.
template <class Process>
class running_process {
public:
    /// Returns a copy of the instance of that key; nothing when there is none, or it is finished.
    std::optional<Process> find(std::string_view key) const {
        const auto found = detail::find_instance(*of_, key);
        return found ? std::optional<Process>(static_cast<const Process&>(*found)) : std::nullopt;
    }
    /// Counts the instances that are not finished.
    std::size_t count() const { return detail::count_instances(*of_); }
    /// Returns the deadlines that wait, in the order in which they are due. Costs a copy of each.
    std::vector<waiting_deadline> deadlines() const { return detail::deadlines_that_wait(*of_); }

private:
    friend class projection_engine;
    explicit running_process(const detail::process_runner& of) : of_(&of) {}

    const detail::process_runner* of_;
};

}  // namespace leftfold::inline v0
