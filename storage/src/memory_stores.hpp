#pragma once

#include <map>
#include <mutex>
#include <string>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"

namespace leftfold::inline v0 {

/// The board of a store that only its own process can see: it keeps the last page and has no one to answer.
class memory_bulletin final : public bulletin {
public:
    std::optional<recorded_at> clock_bound() override;
    void save_clock_bound(recorded_at bound) override;
    void publish(const bulletin_page& page) override;
    void answer(unique_function<void(recorded_at)>) override {}
    void stop_answering() override {}
    std::optional<bulletin_page> read() override;
    void ask(recorded_at) override {}
    void end_waits() override {}
    void wait(std::uint64_t, std::chrono::microseconds) override {}
    seal_report seal(recorded_at) override { return {seal_status::owned, "a store in memory has one handle"}; }

private:
    std::mutex mutex_;
    std::optional<recorded_at> bound_;
    std::optional<bulletin_page> page_;
};

class memory_snapshot_store final : public snapshot_store {
public:
    void save(const snapshot& made) override;
    std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                 recorded_at not_after) override;
    std::size_t drop(const stream_id& stream, version from, version to) override;

private:
    std::mutex mutex_;
    std::map<stream_id, std::map<version, snapshot>> kept_;
};

class memory_checkpoint_store final : public checkpoint_store {
public:
    void save(std::string_view consumer, const checkpoint& reached) override;
    std::optional<checkpoint> load(std::string_view consumer) override;
    void drop(std::string_view consumer) override;

private:
    std::mutex mutex_;
    std::map<std::string, checkpoint, std::less<>> kept_;
};

}  // namespace leftfold::inline v0
