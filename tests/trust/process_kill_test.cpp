// An acknowledged append survives kill -9 of its process at any moment, and appears once.
//
// A child appends and says through a pipe which appends were acknowledged: the oracle. It is killed by SIGKILL, in each
// place where a store can be at least twenty times, and at random moments besides.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string_view>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "sqlite/run_index.hpp"
#include "support/child_process.hpp"
#include "support/closing_line.hpp"
#include "support/store_audit.hpp"
#include "support/temporary_directory.hpp"
#include "support/watched_vfs.hpp"

namespace leftfold {
namespace process_kill_test {

using namespace test_support;

// Where a store can be when it is killed.
enum class place { idle, queued, in_transaction, in_sync, in_checkpoint, in_index };
constexpr std::array<std::string_view, 6> names{"idle",    "queued",        "in transaction",
                                                "in sync", "in checkpoint", "in index"};
constexpr std::size_t places = names.size();

// What the child leaves behind where its death does not reach.
struct last_words {
    std::atomic<int> at{0};
};

// Follows the store through its places, and kills its process at the n-th step into one of them.
class watchman {
public:
    watchman(last_words& says, place fatal, int nth) : says_(says), fatal_(fatal), left_(nth) {}

    void see(file_step step, std::string_view file) {
        if (file.find("/index-") != std::string_view::npos) {
            if (step == file_step::write) pass(place::in_index);
            return;
        }
        if (file.find("/partition-") == std::string_view::npos) return;
        const auto is_wal = file.ends_with("-wal");
        if (step == file_step::sync)
            pass(place::in_sync);
        else if (step == file_step::write)
            pass(is_wal ? (waiting_ > 1 ? place::queued : place::in_transaction) : place::in_checkpoint);
        else if (step == file_step::release_write_lock || step == file_step::release_checkpoint_lock)
            says_.at = static_cast<int>(place::idle);
    }

    void submit() { ++waiting_; }
    void acknowledge() { --waiting_; }
    void rest() { pass(place::idle); }

private:
    void pass(place reached) {
        says_.at = static_cast<int>(reached);
        if (reached == fatal_ && --left_ == 0) ::kill(::getpid(), SIGKILL);
    }

    last_words& says_;
    const place fatal_;
    std::atomic<int> left_;
    std::atomic<int> waiting_{0};
};

constexpr std::int64_t appends_per_life = 4'000;

// The index is made to work: with its usual limits it would hardly write in so short a life.
event_store open_with_busy_index(const std::filesystem::path& path) {
    auto parts = make_sqlite_parts(path, {.partitions = 2, .wal_pages = 16});
    parts.index = std::make_unique<sqlite::run_index>(
        *parts.log, parts.partitions, path,
        sqlite::run_index_options{.limits = {.recent_events = 1, .merge_fan_in = 2, .unwritten_at_close = 0}});
    return event_store(std::move(parts));
}

int append_until_killed(const std::filesystem::path& path, int life, int pipe, watchman& watch) {
    const watched_vfs vfs([&](file_step step, std::string_view file) { watch.see(step, file); });
    auto store = open_with_busy_index(path);
    for (std::int64_t i = 0; i != appends_per_life;) {
        std::atomic<int> acknowledged{0};
        const int together = i % 3 == 0 ? 3 : 1;  // of one partition, so that some wait while others commit
        for (int n = 0; n != together; ++n, ++i) {
            const auto append = life * appends_per_life + i;
            std::vector<stream_append> one;
            one.emplace_back(stream_id("account", "{" + std::to_string(i / 3 % 2) + "}" + std::to_string(append % 7)),
                             expected_version::any(), numbered_events(append, append % 3 == 0 ? 12u : 1u, 150));
            watch.submit();
            store.start_append(std::move(one), {}, [&, append](std::error_code failed, const append_result& outcome) {
                watch.acknowledge();
                if (!failed && outcome && ::write(pipe, &append, sizeof append) != sizeof append) std::abort();
                ++acknowledged;
                acknowledged.notify_one();
            });
        }
        for (int seen = acknowledged; seen != together; seen = acknowledged) acknowledged.wait(seen);
        watch.rest();
    }
    return 0;
}

class kill9 : public ::testing::Test {
protected:
    kill9() {
        void* shared = ::mmap(nullptr, sizeof(last_words), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) throw std::bad_alloc();
        words_ = new (shared) last_words;
    }
    ~kill9() override { ::munmap(words_, sizeof(last_words)); }

    // Lets one life go by, and returns where it ended. `after`: kills it after so many acknowledgements, from outside;
    // else it ends at the n-th step into the place.
    void live(place fatal, int nth, std::optional<std::size_t> after) {
        const int life = lives_++;
        watchman watch(*words_, fatal, after ? 0 : nth);
        child_process child([&](int pipe) { return append_until_killed(path(), life, pipe, watch); });
        std::int64_t append = 0;
        for (std::size_t i = 0; i != after.value_or(SIZE_MAX); ++i) {
            if (::read(child.pipe(), &append, sizeof append) != sizeof append) break;
            acknowledged_.push_back(append);
        }
        child.kill();
        while (::read(child.pipe(), &append, sizeof append) == sizeof append) acknowledged_.push_back(append);
        ++landed_[static_cast<std::size_t>(words_->at.load())];
    }

    std::filesystem::path path() const { return place_ / "bank.store"; }

    const temporary_directory place_{temporary_directory::where::in_memory};
    last_words* words_ = nullptr;
    int lives_ = 0;
    std::vector<std::int64_t> acknowledged_;
    std::array<int, places> landed_{};
};

TEST_F(kill9, loses_no_acknowledged_append_and_doubles_none) {
    std::mt19937_64 random(17);
    int unsound = 0;
    std::string complaint;
    for (int life = 0; life != 300; ++life) {
        const auto fatal = static_cast<place>(static_cast<std::size_t>(life) % places);
        const auto at_random = life % 10 == 9;
        live(fatal, 1 + static_cast<int>(random() % 12), at_random ? std::optional(random() % 12) : std::nullopt);
        if (life % 20 != 19) continue;  // the next life recovers what this one left; now and then everything is read
        const auto audit = audit_store(path(), {.partitions = 2});
        unsound += !audit.is_sound();
        if (complaint.empty()) complaint = audit.complaint;
    }
    const auto audit = audit_store(path(), {.partitions = 2});
    const auto lost = std::count_if(acknowledged_.begin(), acknowledged_.end(),
                                    [&](auto append) { return !audit.appends.contains(append); });
    std::string where;
    for (std::size_t i = 0; i != places; ++i) where += fmt::format(", {} {}", landed_[i], names[i]);
    closing_line("kill9: {} kills, {} acknowledged, {} lost, {} doubled{}", lives_, acknowledged_.size(), lost,
                 audit.doubled, where);
    EXPECT_GT(acknowledged_.size(), 1'000u);
    EXPECT_EQ(lost, 0);
    EXPECT_EQ(unsound, 0) << complaint;
    EXPECT_TRUE(audit.is_sound()) << audit.complaint;
    for (std::size_t i = 0; i != places; ++i) EXPECT_GE(landed_[i], 20) << "kills " << names[i];
}

// How large the store is that a kill leaves behind: a million events takes minutes to make under the sanitizers.
std::int64_t events_to_leave() {
    const auto* tier = std::getenv("LEFTFOLD_TIER");
    return tier != nullptr && std::string_view(tier) == "nightly" ? 1'000'000 : 50'000;
}

TEST_F(kill9, leaves_a_store_that_opens_in_less_than_a_second) {
    const auto wanted = events_to_leave();
    child_process child([&](int pipe) {
        auto store = open_sqlite(path(), {.partitions = 2});
        for (std::int64_t append = 0; append * 500 < wanted; ++append)
            store
                .append(stream_id("account", "owner" + std::to_string(append % 1'000)), expected_version::any(),
                        numbered_events(append, 500, 100))
                .value();
        const char done = 'd';
        if (::write(pipe, &done, 1) != 1) return 1;
        ::pause();
        return 0;
    });
    char done = 0;
    ASSERT_EQ(::read(child.pipe(), &done, 1), 1);
    child.kill();
    const auto began = std::chrono::steady_clock::now();
    auto store = open_sqlite(path());
    store.append(stream_id("account", "owner1"), expected_version::exists(), numbered_events(-1, 1, 100)).value();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    closing_line("kill9 reopen: {} events, {} ms to the first append", wanted, took.count());
    EXPECT_LT(took, std::chrono::seconds{1});
}

}  // namespace process_kill_test
}  // namespace leftfold
