// leftfold_bench: each goal of docs/performance.md beside its raw limit, measured in the same run.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "cases.hpp"
#include "curves.hpp"
#include "just_open.hpp"

namespace bench {

const std::vector<bench_case>& all_cases() {
    using enum bench_case::size;
    static const std::vector<bench_case> cases{
        {"append_1x1", "one client, one durable event a commit", small, append_1x1},
        {"append_64_async", "64 appends in flight from one loop, one partition", small, append_64_async},
        {"append_64_threads", "64 threads, whole commands on aggregates", small, append_64_threads},
        {"append_1x100", "batches of 100", small, append_1x100},
        {"append_512_4p", "512 appends in flight over 4 partitions", small, append_512_4p},
        {"append_steady", "the slowest of a thousand appends at half the greatest rate", small, append_steady},
        {"durability", "appends that survive less, beside those that survive a power cut", small, durability_levels},
        {"execute_resident", "whole commands, one client, on streams whose states are in memory", small,
         execute_resident},
        {"load_1000", "typed load and fold of a stream of 1,000 events", small, load_1000},
        {"catchup_envelope", "the whole log, by type and category only", small, catchup_envelope},
        {"catchup_typed", "the whole log, decoded and folded in memory", small, catchup_typed},
        {"catchup_table", "the whole log into a table, exactly once", small, catchup_table},
        {"catchup_lanes", "four partitions into a table, a lane for each", small, catchup_lanes},
        {"rebuild_table", "the same beside live rows, compared and swapped in", small, rebuild_table},
        {"catchup_history", "the same into a table with history", small, catchup_history},
        {"e2e", "from an append to its row, 500 a second", small, end_to_end},
        {"codec", "decoding and encoding JSON", small, codec},
        {"as_of_aggregate", "a long stream as of any time, with snapshots", small, as_of_long_stream},
        {"as_of_read_model", "rows as of any time", small, as_of_read_model},
        {"large_store", "growth, random loads, opening, memory, cuts at ten million events", large, large_store},
        {"fork", "branching a store of ten million events, and the first append to the branch", large, forks},
    };
    return cases;
}

namespace {

struct wanted {
    settings how;
    std::vector<std::string> arguments;  ///< the words of the command line
    std::vector<std::string> names;
    bool json = false;
    bool quick = false;
};

bool is_wanted(const bench_case& one, const wanted& by) {
    if (!by.names.empty()) return std::ranges::find(by.names, one.name) != by.names.end();
    return !(by.quick && one.needs == bench_case::size::large);
}

/// Measures a case in a process that has nothing of the cases before in its memory, and prints what it prints.
void measure_in_a_process_of_its_own(const bench_case& one, const wanted& by) {
    auto command = "'" + std::filesystem::read_symlink("/proc/self/exe").string() + "'";
    for (const auto& each : by.arguments) command += " '" + each + "'";
    command += " --case " + std::string(one.name);
    std::cout.flush();
    if (std::system(command.c_str()) != 0) throw std::runtime_error("measuring " + std::string(one.name) + " failed");
}

void measure_all(const wanted& by) {
    workshop in(by.how);
    for (const auto& one : all_cases()) {
        if (!is_wanted(one, by)) continue;
        if (by.names.empty() && one.needs == bench_case::size::large) {
            measure_in_a_process_of_its_own(one, by);
            continue;
        }
        forget_peak_memory();
        auto results = one.measure(in);
        const auto peak = peak_memory_mib();
        for (auto& each : results) {
            each.rss_mib = peak;
            std::cout << (by.json ? to_json(each) : to_text(each)) << std::endl;
        }
    }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    CLI::App app("leftfold_bench measures leftfold beside raw limits, in turn, in one run.");
    bench::wanted wanted;
    std::filesystem::path store;
    bool list = false;
    bool curves = false;
    std::int64_t events = 0;
    wanted.how.directory = ".";
    wanted.arguments.assign(argv + 1, argv + argc);
    app.add_flag("--json", wanted.json, "One JSON object a line for each goal");
    app.add_flag("--quick", wanted.quick, "Short runs, and none of the cases with ten million events");
    std::vector<std::string> names;
    for (const auto& one : bench::all_cases()) names.emplace_back(one.name);
    app.add_option("--case", wanted.names, "Only this one (may be repeated)")->check(CLI::IsMember(names));
    app.add_option("--events", events, "How many events the stores hold that are read")->check(CLI::PositiveNumber);
    app.add_option("--seconds", wanted.how.seconds, "How long one run of an append case takes");
    app.add_option("--dir", wanted.how.directory, "Where its files go: a directory on the disk to be measured");
    app.add_flag("--curves", curves, "Measure how costs grow instead: one JSON object a point");
    app.add_flag("--list", list, "Name the cases and leave");
    app.add_option("--just-open", store, "Open this store, print milliseconds and MiB, and leave");
    CLI11_PARSE(app, argc, argv);
    if (wanted.quick) wanted.how.seconds = 0.2, wanted.how.events = 200'000;
    if (events > 0) wanted.how.events = wanted.how.many_events = events;
    try {
        if (list) {
            for (const auto& one : bench::all_cases()) std::cout << one.name << ": " << one.what << '\n';
        } else if (!store.empty()) {
            bench::just_open(store);
        } else if (curves) {
            bench::workshop in(wanted.how);
            bench::measure_curves(in, [](const bench::point& one) { std::cout << bench::to_json(one) << std::endl; });
        } else {
            bench::measure_all(wanted);
        }
    } catch (const std::exception& failed) {
        std::cerr << "leftfold_bench: " << failed.what() << '\n';
        return 1;
    }
    return 0;
}
