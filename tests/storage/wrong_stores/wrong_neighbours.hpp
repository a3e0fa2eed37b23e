/// What stands beside the log, going wrong: indices, snapshots, checkpoints and bulletins.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "storage/wrong_stores/decorators.hpp"

namespace wrong_stores {

/// Tells a stream's head as it was one event ago: an index that lags behind the log, and does not say so.
class tells_old_heads final : public passing_index {
public:
    using passing_index::passing_index;
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override {
        const auto newest = right().head(partition, stream);
        if (!newest || newest->version == version{1}) return std::nullopt;
        const auto before = newest->version.plus(-1);
        return stream_head{before, right().find(partition, stream, before, 1, direction::forward).at(0)};
    }
};

/// Takes streams of one key for one, whatever their category.
class ignores_categories final : public passing_index {
public:
    using passing_index::passing_index;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override {
        return right().find(partition, stream_id("test", stream.key()), from, count, way);
    }
};

/// Joins category and key without a mark between them.
class joins_names final : public passing_index {
public:
    using passing_index::passing_index;
    void add(partition_id partition, std::span<const event_view> committed) override {
        for (const auto& event : committed) {
            offsets_[std::string(event.category) + std::string(event.key)].push_back(event.at);
        }
        right().add(partition, committed);
    }
    std::vector<offset> find(partition_id, const stream_id& stream, version from, std::size_t count,
                             direction) override {
        const auto& all = offsets_[stream.category() + stream.key()];
        std::vector<offset> found;
        for (auto i = static_cast<std::size_t>(from.value()) - 1; i < all.size() && found.size() < count; ++i)
            found.push_back(all[i]);
        return found;
    }

private:
    std::map<std::string, std::vector<offset>> offsets_;
};

/// Finds nothing from beyond a stream's end.
class stops_beyond_the_end final : public passing_index {
public:
    using passing_index::passing_index;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override {
        const auto last = right().head(partition, stream);
        if (!last || from > last->version) return {};
        return right().find(partition, stream, from, count, way);
    }
};

/// Knows ids by their first half.
class knows_half_an_id final : public passing_index {
public:
    using passing_index::passing_index;
    void add(partition_id partition, std::span<const event_view> committed) override {
        for (const auto& event : committed) halves_.emplace(half_of(event.id), event.at);
        right().add(partition, committed);
    }
    std::optional<offset> find_id(partition_id, const event_id& id) override {
        const auto found = halves_.find(half_of(id));
        return found == halves_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    static std::string half_of(const event_id& id) { return to_string(id).substr(0, 18); }

    std::map<std::string, offset> halves_;
};

/// Begins a backward reading one event too early.
class misses_one_backward final : public passing_index {
public:
    using passing_index::passing_index;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override {
        return right().find(partition, stream, way == direction::backward ? from.plus(-1) : from, count, way);
    }
};

/// Remembers event ids for a while only, as brokers do.
class forgets_old_ids final : public passing_index {
public:
    using passing_index::passing_index;
    std::optional<offset> find_id(partition_id partition, const event_id& id) override {
        constexpr std::int64_t window = 10;
        const auto found = right().find_id(partition, id);
        if (found && found->value() + window < right().indexed_to(partition).value()) return std::nullopt;
        return found;
    }
};

/// Never finds an id: appends under the same ids are stored again.
class knows_no_ids final : public passing_index {
public:
    using passing_index::passing_index;
    std::optional<offset> find_id(partition_id, const event_id&) override { return std::nullopt; }
};

/// Finds the newest snapshot of a version, however late it was recorded.
class finds_later_snapshots final : public passing_snapshots {
public:
    using passing_snapshots::passing_snapshots;
    std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                 recorded_at) override {
        return right().find(stream, fingerprint, at_most, recorded_at::max());
    }
};

/// Drops one snapshot too few.
class keeps_a_dropped_snapshot final : public passing_snapshots {
public:
    using passing_snapshots::passing_snapshots;
    std::size_t drop(const stream_id& stream, version from, version to) override {
        return to > from ? right().drop(stream, from, to.plus(-1)) : 0;
    }
};

/// Never lets a consumer go back, so that a rebuilt read model continues where the old one was.
class never_goes_back final : public passing_checkpoints {
public:
    using passing_checkpoints::passing_checkpoints;
    void save(std::string_view consumer, const checkpoint& reached) override {
        const auto before = right().load(consumer);
        if (!before || reached.consumed.covers(before->consumed)) right().save(consumer, reached);
    }
};

/// Takes consumers for one whose names differ in the case of their letters.
class folds_consumers final : public passing_checkpoints {
public:
    using passing_checkpoints::passing_checkpoints;
    void save(std::string_view consumer, const checkpoint& reached) override {
        right().save(folded(consumer), reached);
    }
    std::optional<checkpoint> load(std::string_view consumer) override { return right().load(folded(consumer)); }
    void drop(std::string_view consumer) override { right().drop(folded(consumer)); }

private:
    static std::string folded(std::string_view name) {
        std::string folded(name);
        for (auto& letter : folded) letter = letter == 'B' ? 'b' : letter;
        return folded;
    }
};

/// Sleeps until the time is over, whatever is published meanwhile.
class sleeps_through final : public passing_bulletin {
public:
    using passing_bulletin::passing_bulletin;
    void wait(std::uint64_t, std::chrono::microseconds at_most) override {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable nobody_rings;
        nobody_rings.wait_for(lock, at_most, [] { return false; });
    }
};

/// Shows the heads alone: nobody learns which partition holds a time open.
class shows_heads_alone final : public passing_bulletin {
public:
    using passing_bulletin::passing_bulletin;
    void publish(const bulletin_page& page) override {
        auto less = page;
        less.closed = {.until = page.closed.until};
        passing_bulletin::publish(less);
    }
};

/// Knows nothing of the clock's bound once it is opened again.
class forgets_the_clocks_bound final : public passing_bulletin {
public:
    using passing_bulletin::passing_bulletin;
    std::optional<recorded_at> clock_bound() override {
        return saved_ ? passing_bulletin::clock_bound() : std::nullopt;
    }
    void save_clock_bound(recorded_at bound) override {
        saved_ = true;
        passing_bulletin::save_clock_bound(bound);
    }

private:
    bool saved_ = false;
};

}  // namespace wrong_stores
