// What a store of ten million events still does: appending, loading, opening, finding a cut.

#include <filesystem>
#include <fstream>
#include <vector>

#include "appending.hpp"
#include "cases.hpp"
#include "just_open.hpp"
#include "random_time.hpp"
#include "raw_sqlite.hpp"

namespace bench {

namespace {

constexpr std::int64_t small_events = 100'000;

/// The same appends to the large store and to one that has just had its first hundred thousand events.
result growth(workshop& in, leftfold::event_store& large, workload& load) {
    const auto small_path = in.fresh_path("small.store");
    auto small = open_store(small_path);
    workload small_load(small_events / events_a_stream);
    append_many(small, small_load, small_events);
    const auto seconds = in.chosen().seconds;
    const auto both = in.compare([&] { return append_in_flight(small, small_load, 64, seconds); },
                                 [&] { return append_in_flight(large, load, 64, seconds); });
    return both.against("growth_10m", "same_at_1e5", 0.80);
}

/// Has the system hold a file in memory, as far as it will: what it dropped meanwhile is no part of the comparison.
void read_once(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::vector<char> some(std::size_t{1} << 20U);
    while (in.read(some.data(), std::ssize(some)) || in.gcount() != 0) continue;
}

void read_files_once(const std::filesystem::path& directory) {
    for (const auto& each : std::filesystem::directory_iterator(directory)) read_once(each.path());
}

result random_loads(workshop& in, leftfold::event_store& large, const std::filesystem::path& path,
                    std::int64_t streams) {
    const auto raw_path = in.fresh_path("raw.db");
    raw_sqlite_log raw(raw_path, raw_index::unique_version, raw_sync::off);
    raw.begin();
    for_each_row(large, [&](const raw_row& row) { raw.add(row); });
    raw.commit();
    read_once(raw_path);
    read_files_once(path);
    workload keys(streams, 3);
    const auto loads = [&](const std::function<void(const std::string&)>& load) {
        return repeat_for(in.chosen().seconds, [&] {
            load(keys.next_key());
            return 1.0;
        });
    };
    const auto both = in.compare(
        [&] {
            return loads([&](const std::string& key) {
                std::size_t bytes = 0;
                raw.read_stream("item", key, [&](std::string_view payload) { bytes += payload.size(); });
                return bytes;
            });
        },
        [&] {
            return loads([&](const std::string& key) {
                std::size_t bytes = 0;
                large.visit_stream({"item", key}, {}, [&](const leftfold::event_view& event) {
                    bytes += event.payload.size();
                    return true;
                });
                return bytes;
            });
        });
    return both.against("random_load_10m", "raw_sqlite_unique", 1.0);
}

result find_cuts(workshop& in) {
    const auto path = in.fresh_path("four.store");
    fill_store(path, in.chosen().many_events, in.chosen().many_events / events_a_stream, 4);
    read_files_once(path);
    auto store = open_store(path, 4);
    random_time any(store);
    const auto ask = [&] {
        return repeat_for(2 * in.chosen().seconds, [&] {
            store.cut_at(any.next());
            return 1.0;
        });
    };
    ask();  // the goal is one of a store that has been asked before: a first question learns where to look
    const auto cuts = ask();
    const auto p50 = quantile(cuts.latencies_us, 0.5);
    auto one = at_most("find_cut", "100 us", p50, 100);
    one.p50_us = p50;
    one.p99_us = quantile(cuts.latencies_us, 0.99);
    return one;
}

}  // namespace

std::vector<result> large_store(workshop& in) {
    const auto path = in.fresh_path("large.store");
    const auto streams = std::max<std::int64_t>(1, in.chosen().many_events / events_a_stream);
    std::vector<result> out;
    {
        auto store = open_store(path);
        workload load(streams);
        forget_peak_memory();
        append_many(store, load, in.chosen().many_events);
        out.push_back(at_most("memory_append", "256 MiB", peak_memory_mib(), 256));
        out.push_back(growth(in, store, load));
        out.push_back(random_loads(in, store, path, streams));
    }
    const auto opened = open_in_a_process_of_its_own(path);
    out.push_back(at_most("open_10m", "100 ms", opened.milliseconds, 100));
    out.push_back(at_most("open_10m_memory", "150 MiB", opened.peak_mib, 150));
    require_sound(path);
    out.push_back(find_cuts(in));
    return out;
}

}  // namespace bench
