#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"

/// A log whose next commit ends in doubt, as after an I/O error: stored or not, it says that it does not know, and goes
/// on saying so until it has been asked often enough.
class doubtful_log final : public leftfold::partition_log {
public:
    enum class fate { stored, lost };

    explicit doubtful_log(std::unique_ptr<leftfold::partition_log> below) : below_(std::move(below)) {}

    /// Lets the next commit end like this, and the first `answers` questions after it fail.
    void doubt(fate next, int answers) {
        armed_ = true;
        next_ = next;
        silent_ = answers;
    }
    /// Lets the next commit be as any other after all, and the disk answer again.
    void recover() {
        armed_ = false;
        silent_ = 0;
    }
    int asked() const { return asked_; }

    leftfold::log_capabilities capabilities() const override { return below_->capabilities(); }
    leftfold::fence claim(leftfold::partition_id partition, std::string_view owner) override {
        return below_->claim(partition, owner);
    }
    leftfold::append_report append(leftfold::fence& held, std::span<const leftfold::event_view> group) override {
        if (!std::exchange(armed_, false)) return below_->append(held, group);
        leftfold::fence copy = held;
        if (next_ == fate::stored) below_->append(copy, group);
        return {leftfold::append_status::outcome_unknown, leftfold::errc::outcome_unknown, "the disk went away"};
    }
    std::optional<leftfold::partition_head> resolve(leftfold::fence& held, leftfold::event_id first) override {
        ++asked_;
        if (silent_-- > 0) throw leftfold::error(leftfold::errc::io_error, "the disk is still away");
        return below_->resolve(held, first);
    }
    leftfold::partition_head head(leftfold::partition_id partition) override { return below_->head(partition); }
    leftfold::page_end read(leftfold::partition_id partition, leftfold::offset after,
                            const leftfold::page_limits& limits, const leftfold::event_filter& filter,
                            leftfold::payloads wanted, leftfold::event_sink sink) override {
        return below_->read(partition, after, limits, filter, wanted, sink);
    }
    void read_at(leftfold::partition_id partition, std::span<const leftfold::offset> offsets, leftfold::payloads wanted,
                 leftfold::event_sink sink) override {
        below_->read_at(partition, offsets, wanted, sink);
    }

private:
    std::unique_ptr<leftfold::partition_log> below_;
    bool armed_ = false;
    fate next_ = fate::stored;
    int silent_ = 0;
    int asked_ = 0;
};

/// The parts of a store, with such a log over theirs, which `log` tells of from now on.
inline leftfold::store_parts parts_over_doubtful_log(doubtful_log*& log, leftfold::store_parts made) {
    auto wrapped = std::make_unique<doubtful_log>(std::move(made.log));
    log = wrapped.get();
    made.log = std::move(wrapped);
    return made;
}

/// The same of a store in memory.
inline leftfold::store_parts parts_over_doubtful_log(doubtful_log*& log) {
    return parts_over_doubtful_log(log, leftfold::make_memory_parts(1, leftfold::derive_event_id("a store")));
}
