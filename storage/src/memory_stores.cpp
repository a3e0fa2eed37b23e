#include "memory_stores.hpp"

namespace leftfold::inline v0 {

std::optional<recorded_at> memory_bulletin::clock_bound() {
    const std::lock_guard lock(mutex_);
    return bound_;
}

void memory_bulletin::save_clock_bound(recorded_at bound) {
    const std::lock_guard lock(mutex_);
    bound_ = bound;
}

void memory_bulletin::publish(const bulletin_page& page) {
    const std::lock_guard lock(mutex_);
    page_ = page;
}

std::optional<bulletin_page> memory_bulletin::read() {
    const std::lock_guard lock(mutex_);
    return page_;
}

void memory_snapshot_store::save(const snapshot& made) {
    const std::lock_guard lock(mutex_);
    kept_[made.stream][made.version] = made;
}

std::optional<snapshot> memory_snapshot_store::find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                                    recorded_at not_after) {
    const std::lock_guard lock(mutex_);
    const auto of_stream = kept_.find(stream);
    if (of_stream == kept_.end()) return std::nullopt;
    const auto& versions = of_stream->second;
    for (auto it = versions.upper_bound(at_most); it != versions.begin();) {
        const auto& candidate = (--it)->second;
        if (candidate.fingerprint == fingerprint && candidate.recorded <= not_after) return candidate;
    }
    return std::nullopt;
}

std::size_t memory_snapshot_store::drop(const stream_id& stream, version from, version to) {
    const std::lock_guard lock(mutex_);
    const auto of_stream = kept_.find(stream);
    if (of_stream == kept_.end()) return 0;
    auto& versions = of_stream->second;
    const auto before = versions.size();
    versions.erase(versions.lower_bound(from), versions.upper_bound(to));
    const auto dropped = before - versions.size();
    if (versions.empty()) kept_.erase(of_stream);
    return dropped;
}

void memory_checkpoint_store::save(std::string_view consumer, const checkpoint& reached) {
    const std::lock_guard lock(mutex_);
    kept_.insert_or_assign(std::string(consumer), reached);
}

std::optional<checkpoint> memory_checkpoint_store::load(std::string_view consumer) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(consumer);
    if (found == kept_.end()) return std::nullopt;
    return found->second;
}

void memory_checkpoint_store::drop(std::string_view consumer) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(consumer);
    if (found != kept_.end()) kept_.erase(found);
}

}  // namespace leftfold::inline v0
