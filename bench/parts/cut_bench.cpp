// What it costs to find the cut of a time, in one run on one file system:
//
//     cut_bench [EVENTS [DIRECTORY]]
//
// Makes a store of 4 partitions with EVENTS events (10^6 by default) if there is none, closes it, opens it again, and
// asks for the cuts of random times: the first one, which has to read fences, then some thousand to warm up, then those
// that are timed. Beside it, what a binary search by point reads costs, which is how a cut is found without fences.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "leftfold/storage/sqlite_store.hpp"

namespace {

using namespace leftfold;
using steady = std::chrono::steady_clock;

constexpr std::size_t batch = 1'000;
constexpr std::size_t warm_up = 20'000;
constexpr std::size_t asked = 2'000;

double us_since(steady::time_point begun) {
    return std::chrono::duration<double, std::micro>(steady::now() - begun).count();
}

void fill(event_store& store, std::size_t events) {
    const std::string payload = R"({"cents":)" + std::string(180, '1') + "}";
    for (std::size_t made = 0; made < events; made += batch) {
        std::vector<event_data> some;
        for (std::size_t i = 0; i != batch; ++i) some.emplace_back("bank.deposited", payload);
        store.append(stream_id("account", std::to_string(made / batch)), expected_version::any(), std::move(some))
            .value();
    }
}

/// The offset of a time by halving over point reads.
offset by_point_reads(event_store& store, partition_id partition, recorded_at when) {
    const auto head = store.head_of(partition);
    if (head.recorded <= when) return head.at;
    auto low = offset{};
    auto high = head.at;
    while (low.next() < high) {
        const offset middle(low.value() + (high.value() - low.value()) / 2);
        recorded_at recorded;
        store.read_at(partition, std::span(&middle, 1), payloads::skip, [&](const event_view& event) {
            recorded = event.recorded;
            return true;
        });
        (recorded <= when ? low : high) = middle;
    }
    return low;
}

struct quantiles {
    double p50;
    double p99;
};

template <class Ask>
quantiles timed(const std::vector<recorded_at>& times, Ask ask) {
    std::vector<double> took;
    for (const auto when : times) {
        const auto begun = steady::now();
        ask(when);
        took.push_back(us_since(begun));
    }
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

int run(const std::filesystem::path& directory, std::size_t events) {
    {
        auto store = open_sqlite(directory, {.partitions = 4});
        std::size_t there = 0;
        const auto heads = store.heads();
        for (std::uint32_t p = 0; p != store.partitions(); ++p)
            there += static_cast<std::size_t>(heads.at(partition_id(p)).value());
        if (there < events) fill(store, events - there);
    }
    const auto opening = steady::now();
    auto store = open_sqlite(directory);
    std::printf("open: %.1f ms\n", us_since(opening) / 1'000);

    auto first = recorded_at::max();
    auto last = recorded_at::min();
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const partition_id partition(p);
        const offset one(1);
        store.read_at(partition, std::span(&one, 1), payloads::skip, [&](const event_view& event) {
            first = std::min(first, event.recorded);
            return true;
        });
        last = std::max(last, store.head_of(partition).recorded);
    }
    std::mt19937_64 random{1};
    std::uniform_int_distribution<std::int64_t> any(first.micros(), last.micros());
    const auto some_times = [&](std::size_t count) {
        std::vector<recorded_at> times;
        for (std::size_t i = 0; i != count; ++i) times.push_back(recorded_at::from_micros(any(random)));
        return times;
    };
    const auto ask = [&](recorded_at when) { static_cast<void>(store.cut_at(when)); };
    std::printf("first question: %.0f us\n", timed(some_times(1), ask).p50);
    timed(some_times(warm_up), ask);
    const auto fences = timed(some_times(asked), ask);
    const auto halving = timed(some_times(asked / 10), [&](recorded_at when) {
        for (std::uint32_t p = 0; p != store.partitions(); ++p) by_point_reads(store, partition_id(p), when);
    });
    std::printf("cut by fences: p50 %.1f us, p99 %.1f us\n", fences.p50, fences.p99);
    std::printf("cut by point reads: p50 %.1f us, p99 %.1f us\n", halving.p50, halving.p99);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::filesystem::path directory = argc > 2 ? argv[2] : "cut_bench.store";
    const int result = run(directory, events);
    if (argc <= 2) std::filesystem::remove_all(directory);
    return result;
}
