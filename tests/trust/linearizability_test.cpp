// Appends under an expected version and reads of eight clients are linearizable: each takes effect at one moment
// between its call and its answer. Outcomes that a failing disk left unknown are resolved by appending again.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/closing_line.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"
#include "support/versioned_history.hpp"

namespace leftfold {
namespace linearizability_test {

using namespace test_support;
using kind = stream_operation::kind;

constexpr std::size_t clients = 8;
constexpr std::size_t streams = 12;
constexpr std::size_t mutants = 2'000;

using history = std::vector<stream_operation>;  // of one stream

std::int64_t operations_of_this_run() {
    const auto* tier = std::getenv("LEFTFOLD_TIER");
    return tier != nullptr && std::string_view(tier) == "nightly" ? 1'000'000 : 60'000;
}

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

stream_id stream(std::size_t number) { return {"account", "owner" + std::to_string(number)}; }

struct tally {
    std::atomic<std::int64_t> appends{0};
    std::atomic<std::int64_t> conflicts{0};
    std::atomic<std::int64_t> unknown{0};
    std::atomic<std::int64_t> looks{0};
};

class client {
public:
    client(event_store& store, tally& counts, std::size_t number)
        : store_(store), counts_(counts), number_(static_cast<std::int64_t>(number)), random_(number + 1) {}

    void run(std::int64_t operations) {
        for (std::int64_t i = 0; i != operations; ++i) {
            const auto target = random_() % streams;
            if (random_() % 2 == 0)
                look(target);
            else
                append(target, i);
        }
    }

    std::array<history, streams> seen;

private:
    void look(std::size_t target) {
        stream_operation did{.what = kind::look, .began = now()};
        did.version = store_.head(stream(target)).value_or(version{}).value();
        did.ended = now();
        seen[target].push_back(did);
        known_[target] = did.version;
        ++counts_.looks;
    }

    // Believes what it saw last, which is often outdated.
    void append(std::size_t target, std::int64_t number) {
        const auto expected = expected_version::exactly(version(known_[target]));
        const auto events = numbered_events(number_ * 10'000'000 + number, 1, 60);
        stream_operation did{.began = now()};
        for (auto attempt = attempt::first;; attempt = attempt::retry) {
            try {
                const auto done = store_.append(stream(target), expected, events, {.attempt = attempt});
                did.what = done ? kind::append : kind::look;
                did.version = done ? done->version().value() : done.error().actual.value();
                break;
            } catch (const error& failed) {
                if (failed.kind() == errc::outcome_unknown) ++counts_.unknown;
            }
        }
        did.ended = now();
        seen[target].push_back(did);
        known_[target] = did.version;
        ++(did.what == kind::append ? counts_.appends : counts_.conflicts);
    }

    event_store& store_;
    tally& counts_;
    const std::int64_t number_;
    std::mt19937_64 random_;
    std::array<std::int64_t, streams> known_{};
};

// A disk whose syncs fail now and then, for as long as it takes to leave an outcome unknown.
class failing_disk {
public:
    failing_disk() {
        disk.keep_no_log();
        disk.on_call([this](disk_call call, std::string_view) {
            if (call != disk_call::sync) return;
            const auto sync = ++syncs_ % 400;
            if (sync == 0)
                disk.inject({.calls = calls({disk_call::sync}), .nth = 1, .length = fault_length::until_healed});
            if (sync == 8) disk.heal();
        });
    }
    simulated_disk disk;

private:
    std::atomic<std::int64_t> syncs_{0};
};

std::array<history, streams> run_clients(tally& counts, std::int64_t operations) {
    failing_disk failing;
    const simulated_vfs vfs(failing.disk);
    auto store = open_sqlite("/bank.store", {.partitions = 4, .wal_pages = 200, .vfs = vfs.name()});
    std::vector<std::unique_ptr<client>> all;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i != clients; ++i) all.push_back(std::make_unique<client>(store, counts, i));
    for (const auto& each : all)
        threads.emplace_back(
            [operations, one = each.get()] { one->run(operations / static_cast<std::int64_t>(clients)); });
    for (auto& thread : threads) thread.join();
    std::array<history, streams> together;
    for (std::size_t s = 0; s != streams; ++s)
        for (const auto& each : all) together[s].insert(together[s].end(), each->seen[s].begin(), each->seen[s].end());
    return together;
}

// Lets one look of a sound history have seen a version that was over when it began. Returns nothing when there is no
// such version.
std::optional<history> with_a_stale_look(const history& sound, std::mt19937_64& random) {
    const auto victim = random() % sound.size();
    const auto& look = sound[victim];
    if (look.what != kind::look) return std::nullopt;
    std::int64_t overwritten = 0;  // every version below it was over when the look began
    for (const auto& other : sound)
        if (other.what == kind::append && other.ended < look.began) overwritten = std::max(overwritten, other.version);
    if (overwritten == 0) return std::nullopt;
    auto mutant = sound;
    const auto back = 1 + static_cast<std::int64_t>(random() % 5);
    mutant[victim].version = std::max<std::int64_t>(0, overwritten - back);
    return mutant;
}

TEST(linearizability, of_appends_and_looks_by_eight_clients) {
    tally counts;
    const auto histories = run_clients(counts, operations_of_this_run());
    int violations = 0;
    std::string complaint;
    std::size_t operations = 0;
    for (const auto& each : histories) {
        operations += each.size();
        const auto found = find_violation(each);
        violations += found.has_value();
        if (found && complaint.empty()) complaint = *found;
    }
    tally uncounted;
    const auto short_ones = run_clients(uncounted, 6'000);  // checked once a mutant
    std::mt19937_64 random(5);
    std::size_t made = 0;
    std::size_t caught = 0;
    for (std::size_t turn = 0; made != mutants; ++turn) {
        const auto mutant = with_a_stale_look(short_ones[turn % streams], random);
        if (!mutant) continue;
        ++made;
        caught += find_violation(*mutant).has_value();
    }
    closing_line(
        "linearizability: {} operations, {} violations, {} conflicts, {} unknown outcomes; {} of {} mutants caught",
        operations, violations, counts.conflicts.load(), counts.unknown.load(), caught, made);
    EXPECT_GE(static_cast<std::int64_t>(operations), operations_of_this_run() - static_cast<std::int64_t>(clients));
    EXPECT_EQ(violations, 0) << complaint;
    EXPECT_GE(counts.conflicts * 5, counts.conflicts + counts.appends) << "too few lose";
    EXPECT_GT(counts.unknown, 0) << "the disk never failed where it hurts";
    EXPECT_EQ(caught, made);
}

TEST(linearizability, the_checker_refuses_what_cannot_be) {
    using op = stream_operation;
    const op one{kind::append, 1, 10, 20};
    const op two{kind::append, 2, 30, 40};
    EXPECT_EQ(find_violation({one, two, {kind::look, 1, 15, 35}, {kind::look, 2, 35, 36}, {kind::look, 0, 0, 12}}),
              std::nullopt);
    EXPECT_TRUE(find_violation({one, two, {kind::look, 1, 41, 50}})) << "a stale look";
    EXPECT_TRUE(find_violation({one, two, {kind::look, 2, 21, 25}})) << "a look into the future";
    EXPECT_TRUE(find_violation({one, {kind::append, 1, 30, 40}})) << "one version twice";
    EXPECT_TRUE(find_violation({one, {kind::append, 3, 30, 40}})) << "a gap";
    EXPECT_TRUE(find_violation({two, {kind::append, 1, 50, 60}})) << "versions against time";
    EXPECT_TRUE(find_violation({one, two, {kind::look, 2, 15, 35}, {kind::look, 1, 36, 38}})) << "looks that go back";
    EXPECT_EQ(find_violation({one, {kind::append, 2, 30}, {kind::look, 2, 90, 95}}), std::nullopt)
        << "an append whose client never heard of it";
}

}  // namespace linearizability_test
}  // namespace leftfold
