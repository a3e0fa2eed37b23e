/// Ports that pass everything on. A wrong store derives from one of them and breaks one rule.
#pragma once

#include <memory>

#include "leftfold/testing/contract.hpp"

namespace wrong_stores {

using namespace leftfold;

class passing_log : public partition_log {
public:
    explicit passing_log(std::shared_ptr<partition_log> right) : right_(std::move(right)) {}

    log_capabilities capabilities() const override { return right_->capabilities(); }
    fence claim(partition_id partition, std::string_view owner) override { return right_->claim(partition, owner); }
    append_report append(fence& held, std::span<const event_view> group) override {
        return right_->append(held, group);
    }
    std::optional<partition_head> resolve(fence& held, event_id first_of_group) override {
        return right_->resolve(held, first_of_group);
    }
    partition_head head(partition_id partition) override { return right_->head(partition); }
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        return right_->read(partition, after, limits, filter, wanted, sink);
    }
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override {
        right_->read_at(partition, offsets, wanted, sink);
    }

protected:
    partition_log& right() { return *right_; }

private:
    std::shared_ptr<partition_log> right_;
};

class passing_index : public stream_index {
public:
    explicit passing_index(std::shared_ptr<stream_index> right) : right_(std::move(right)) {}

    void add(partition_id partition, std::span<const event_view> committed) override {
        right_->add(partition, committed);
    }
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override {
        return right_->head(partition, stream);
    }
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override {
        return right_->find(partition, stream, from, count, way);
    }
    std::optional<offset> find_id(partition_id partition, const event_id& id) override {
        return right_->find_id(partition, id);
    }
    offset indexed_to(partition_id partition) override { return right_->indexed_to(partition); }
    void rebuild(partition_id partition) override { right_->rebuild(partition); }

protected:
    stream_index& right() { return *right_; }

private:
    std::shared_ptr<stream_index> right_;
};

class passing_snapshots : public snapshot_store {
public:
    explicit passing_snapshots(std::shared_ptr<snapshot_store> right) : right_(std::move(right)) {}

    void save(const snapshot& made) override { right_->save(made); }
    std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                 recorded_at not_after) override {
        return right_->find(stream, fingerprint, at_most, not_after);
    }
    std::size_t drop(const stream_id& stream, version from, version to) override {
        return right_->drop(stream, from, to);
    }

protected:
    snapshot_store& right() { return *right_; }

private:
    std::shared_ptr<snapshot_store> right_;
};

class passing_checkpoints : public checkpoint_store {
public:
    explicit passing_checkpoints(std::shared_ptr<checkpoint_store> right) : right_(std::move(right)) {}

    void save(std::string_view consumer, const checkpoint& reached) override { right_->save(consumer, reached); }
    std::optional<checkpoint> load(std::string_view consumer) override { return right_->load(consumer); }
    void drop(std::string_view consumer) override { right_->drop(consumer); }

protected:
    checkpoint_store& right() { return *right_; }

private:
    std::shared_ptr<checkpoint_store> right_;
};

class passing_bulletin : public bulletin {
public:
    explicit passing_bulletin(std::shared_ptr<bulletin> right) : right_(std::move(right)) {}

    std::optional<recorded_at> clock_bound() override { return right_->clock_bound(); }
    void save_clock_bound(recorded_at bound) override { right_->save_clock_bound(bound); }
    void publish(const bulletin_page& page) override { right_->publish(page); }
    void answer(unique_function<void(recorded_at)> close) override { right_->answer(std::move(close)); }
    void stop_answering() override { right_->stop_answering(); }
    std::optional<bulletin_page> read() override { return right_->read(); }
    void ask(recorded_at when) override { right_->ask(when); }
    void wait(std::uint64_t seen, std::chrono::microseconds at_most) override { right_->wait(seen, at_most); }
    void end_waits() override { right_->end_waits(); }
    seal_report seal(recorded_at at_least) override { return right_->seal(at_least); }

private:
    std::shared_ptr<bulletin> right_;
};

}  // namespace wrong_stores
