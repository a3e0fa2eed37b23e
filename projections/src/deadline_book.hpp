#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/command_context.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0::detail {

/// What tells one deadline from every other of its process, for ever: the trigger is that of the decision that set it.
struct deadline_id {
    std::string key;
    std::string name;
    recorded_at trigger;

    friend auto operator<=>(const deadline_id&, const deadline_id&) = default;
};

/// A deadline of one instance.
struct deadline {
    deadline_id id{};
    recorded_at due{};
    std::string type{};
    std::string message{};
    /// What led to the decision.
    command_context from{};
};

/// The deadlines of a process. Asks no clock and writes nothing: the process around it does.
///
/// A deadline waits until it is cancelled, or until its deadline_due is in the log (fired). The process then meets that
/// event in the order of the log, and what it met before may have cancelled it: the one rule is that a deadline is
/// delivered unless an event *before* its deadline_due led to cancelling it. So a later fold of the same log delivers
/// the same ones.
class deadline_book {
public:
    /// Adds a deadline in place of the one that waits under its name.
    void set(deadline made);
    /// Takes back what waits under that name, where the event `by`, which led to it, came after the one that set it: an
    /// event that is gone through again does not reach what later ones have set.
    void cancel(const std::string& key, const std::string& name, recorded_at by);
    /// Its deadline_due is in the log.
    void fired(const deadline_id& id);

    /// Whether a deadline_due recorded at `when` is to be delivered.
    bool is_delivered(const deadline_id& id, recorded_at when) const;
    /// Forgets a deadline whose deadline_due was met.
    void settle(const deadline_id& id);

    /// Returns the names under which the event `by` has something of an instance to cancel.
    std::vector<std::string> names(const std::string& key, recorded_at by) const;
    bool has(const std::string& key, const std::string& name, recorded_at by) const {
        return find_set_before(by, key, name) != current_.end();
    }
    /// When the next one is due.
    std::optional<recorded_at> next() const;
    /// Returns the first of those that wait and are due by then, in order, at most so many.
    std::vector<const deadline*> due_by(recorded_at when, std::size_t at_most) const;
    std::size_t waiting() const { return queue_.size(); }
    /// How many wait beside those that an instance has under these names.
    std::size_t waiting_beside(const std::string& key, const std::set<std::string>& names) const;

private:
    struct entry {
        deadline what;
        bool is_fired = false;
        std::optional<recorded_at> cancelled_by{};
    };

    using by_name = std::map<std::pair<std::string, std::string>, deadline_id>;  // of key and name
    by_name::const_iterator find_set_before(recorded_at when, const std::string& key, const std::string& name) const;

    std::map<deadline_id, entry> entries_;
    by_name current_;                                      // those not cancelled and not met
    std::set<std::pair<recorded_at, deadline_id>> queue_;  // those of them that are not fired, by due
};

}  // namespace leftfold::inline v0::detail
