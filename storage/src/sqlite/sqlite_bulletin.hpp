#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/event_store.hpp"
#include "sqlite/doorbell.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/sealing.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// The board of a store on disk: the files `clock`, `live` and `ask` in its directory.
///
/// On a VFS that is not the platform's there is no other process to tell, and pages stay in memory.
class sqlite_bulletin final : public bulletin {
public:
    /// `place` must outlive it. `world` has the threads, of which one answers other processes, and the clock.
    sqlite_bulletin(const store_place& place, leftfold::access access, environment world);
    ~sqlite_bulletin() override;

    std::optional<recorded_at> clock_bound() override;
    void save_clock_bound(recorded_at bound) override;
    void publish(const bulletin_page& page) override;
    void answer(unique_function<void(recorded_at)> close) override;
    void stop_answering() override;

    std::optional<bulletin_page> read() override;
    void ask(recorded_at when) override;
    void wait(std::uint64_t seen, std::chrono::microseconds at_most) override;
    void end_waits() override;
    seal_report seal(recorded_at at_least) override { return seal_store(place_, world_, at_least); }

private:
    const store_place& place_;
    const environment world_;
    std::filesystem::path clock_path_;
    std::mutex mutex_;
    std::unique_ptr<raw_file> clock_;
    std::unique_ptr<doorbell> live_;  // none where no other process can look
    std::unique_ptr<doorbell> ask_;
    std::optional<bulletin_page> page_;  // the owner's last, or the only one where there is no file
    std::uint64_t earlier_pages_ = 0;    // the sequence goes on where the owner before left it, for readers that stay
    std::unique_ptr<executor> answerer_;
    std::atomic<bool> is_answering_{false};
    std::atomic<bool> is_waited_for_no_more_{false};
};

}  // namespace leftfold::inline v0::sqlite
