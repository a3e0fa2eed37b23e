#include "deadline_book.hpp"

#include <utility>

namespace leftfold::inline v0::detail {

void deadline_book::set(deadline made) {
    cancel(made.id.key, made.id.name, made.id.trigger);
    current_[{made.id.key, made.id.name}] = made.id;
    queue_.emplace(made.due, made.id);
    const auto id = made.id;
    entries_.insert_or_assign(id, entry{std::move(made)});
}

deadline_book::by_name::const_iterator deadline_book::find_set_before(recorded_at when, const std::string& key,
                                                                      const std::string& name) const {
    const auto found = current_.find({key, name});
    return found != current_.end() && found->second.trigger < when ? found : current_.end();
}

void deadline_book::cancel(const std::string& key, const std::string& name, recorded_at by) {
    const auto found = find_set_before(by, key, name);
    if (found == current_.end()) return;
    const auto id = found->second;
    current_.erase(found);
    auto& at = entries_.at(id);
    if (at.is_fired) {
        at.cancelled_by = by;  // whether that was in time is seen when its event is met
        return;
    }
    queue_.erase({at.what.due, id});
    entries_.erase(id);
}

void deadline_book::fired(const deadline_id& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    found->second.is_fired = true;
    queue_.erase({found->second.what.due, id});
}

bool deadline_book::is_delivered(const deadline_id& id, recorded_at when) const {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    return !found->second.cancelled_by || *found->second.cancelled_by >= when;
}

void deadline_book::settle(const deadline_id& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    queue_.erase({found->second.what.due, id});
    const auto current = current_.find({id.key, id.name});
    if (current != current_.end() && current->second == id) current_.erase(current);
    entries_.erase(found);
}

std::vector<std::string> deadline_book::names(const std::string& key, recorded_at by) const {
    std::vector<std::string> found;
    for (auto at = current_.lower_bound({key, {}}); at != current_.end() && at->first.first == key; ++at)
        if (at->second.trigger < by) found.push_back(at->first.second);
    return found;
}

std::optional<recorded_at> deadline_book::next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.begin()->first;
}

std::size_t deadline_book::waiting_beside(const std::string& key, const std::set<std::string>& names) const {
    auto others = queue_.size();
    for (const auto& name : names) {
        const auto found = current_.find({key, name});
        if (found != current_.end() && !entries_.at(found->second).is_fired) --others;
    }
    return others;
}

std::vector<const deadline*> deadline_book::due_by(recorded_at when, std::size_t at_most) const {
    std::vector<const deadline*> found;
    for (const auto& [due, id] : queue_) {
        if (due > when || found.size() == at_most) break;
        found.push_back(&entries_.at(id).what);
    }
    return found;
}

}  // namespace leftfold::inline v0::detail
