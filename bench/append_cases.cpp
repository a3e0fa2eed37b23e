// Appending durably, beside SQLite by hand with the same rows.

#include <thread>

#include "appending.hpp"
#include "cases.hpp"
#include "leftfold/framework/repository.hpp"
#include "raw_file.hpp"
#include "raw_group_writer.hpp"
#include "raw_sqlite.hpp"

namespace bench {

namespace {

constexpr std::int64_t streams = 100'000;
constexpr std::int64_t sampled_rows = 50'000;
constexpr std::size_t in_flight = 64;

/// SQLite by hand, appending the rows of a sample over and over in groups of one size.
class raw_appender {
public:
    raw_appender(workshop& in, const std::vector<raw_row>& rows, raw_index index)
        : rows_(rows), log_(in.fresh_path("raw.db"), index) {}

    run append(std::size_t group, double seconds) {
        return repeat_for(seconds, [&] {
            log_.begin();
            for (std::size_t i = 0; i < group; ++i) add_next();
            log_.commit();
            return static_cast<double>(group);
        });
    }

private:
    void add_next() {
        if (next_ == rows_.size()) {
            next_ = 0;
            lap_ += 1'000'000'000;  // so that versions stay unique
        }
        log_.add(rows_[next_++], lap_);
    }

    const std::vector<raw_row>& rows_;
    raw_sqlite_log log_;
    std::size_t next_ = 0;
    std::int64_t lap_ = 0;
};

/// Whether SQLite by hand is as fast as the disk lets it be; else what stands beside it says nothing.
std::string baseline_remark(workshop& in, const std::vector<raw_row>& rows) {
    raw_appender raw(in, rows, raw_index::none);
    const auto file = in.fresh_path("synced");
    const std::string bytes(rows[0].payload.size() + 150, 'x');
    const auto seconds = in.chosen().seconds / 2;
    const auto single =
        in.compare([&] { return write_and_sync(file, bytes, seconds); }, [&] { return raw.append(1, seconds); });
    const auto grouped =
        in.compare([&] { return raw.append(1, seconds); }, [&] { return raw.append(in_flight, seconds); });
    const bool valid = single.ours.median_rate() >= 0.6 * single.limit.median_rate() &&
                       grouped.ours.median_rate() >= 25 * grouped.limit.median_rate();
    return valid ? "" : "invalid_baseline";
}

/// A fresh leftfold store beside SQLite by hand.
struct both_sides {
    both_sides(workshop& in, raw_index index, std::uint32_t partitions = 1)
        : rows(sample_rows(in, sampled_rows, streams)),
          raw(in, rows, index),
          path(in.fresh_path("bench.store")),
          store(open_store(path, partitions)) {}

    void finish() {
        store.close();
        require_sound(path);
    }

    std::vector<raw_row> rows;
    raw_appender raw;
    std::filesystem::path path;
    leftfold::event_store store;
    workload load{streams};
};

/// How even the latencies are: the median's part of the 99th of a hundred.
result tail_of(const comparison& both, std::string name) {
    auto one = both.against(std::move(name), "its own p50", 1 / 2.5);
    one.ratio = one.p99_us > 0 ? one.p50_us / one.p99_us : 0;
    one.limit_rate = one.p50_us > 0 ? 1e6 / one.p50_us : 0;
    one.rate = one.p99_us > 0 ? 1e6 / one.p99_us : 0;
    return one;
}

}  // namespace

std::vector<result> append_1x1(workshop& in) {
    both_sides sides(in, raw_index::none);
    const auto seconds = in.chosen().seconds;
    const auto both = in.compare([&] { return sides.raw.append(1, seconds); },
                                 [&] { return append_one_by_one(sides.store, sides.load, 1, seconds); });
    sides.finish();
    auto one = both.against("append_1x1", "raw_sqlite_log", 0.95);
    one.remark = baseline_remark(in, sides.rows);
    return {one};
}

std::vector<result> append_1x100(workshop& in) {
    both_sides sides(in, raw_index::none);
    const auto seconds = in.chosen().seconds;
    const auto both = in.compare([&] { return sides.raw.append(100, seconds); },
                                 [&] { return append_one_by_one(sides.store, sides.load, 100, seconds); });
    sides.finish();
    return {both.against("append_1x100", "raw_sqlite_log", 0.85), tail_of(both, "tail_append_1x100")};
}

std::vector<result> append_64_async(workshop& in) {
    both_sides sides(in, raw_index::none);
    raw_appender unique(in, sides.rows, raw_index::unique_version);
    const auto seconds = in.chosen().seconds;
    const auto ours = [&] { return append_in_flight(sides.store, sides.load, in_flight, seconds); };
    const auto beside_log = in.compare([&] { return sides.raw.append(in_flight, seconds); }, ours);
    const auto beside_unique = in.compare([&] { return unique.append(in_flight, seconds); }, ours);
    sides.finish();
    auto log = beside_log.against("append_64_async", "raw_sqlite_log", 0.80);
    log.remark = baseline_remark(in, sides.rows);
    return {log, beside_unique.against("append_64_async_unique", "raw_sqlite_unique", 2.5),
            tail_of(beside_log, "tail_append_64_async")};
}

std::vector<result> append_512_4p(workshop& in) {
    both_sides one(in, raw_index::none);
    both_sides four(in, raw_index::none, 4);
    const auto seconds = in.chosen().seconds;
    const auto both = in.compare([&] { return append_in_flight(one.store, one.load, in_flight, seconds); },
                                 [&] { return append_in_flight(four.store, four.load, 512, seconds); });
    one.finish();
    four.finish();
    return {both.against("append_512_4p", "append_64_async", 1.5)};
}

std::vector<result> execute_resident(workshop& in) {
    constexpr std::int64_t hot_streams = 50;
    constexpr std::int64_t length = 1'000;
    const auto path = in.fresh_path("bench.store");
    fill_store(path, hot_streams * length, hot_streams);
    auto store = open_store(path);
    const auto rows = sample_rows(in, sampled_rows, streams);
    raw_appender raw(in, rows, raw_index::none);
    leftfold::repository<item> plain{store};
    leftfold::repository<item> resident{store, {.resident_bytes = 16 << 20}};
    const auto seconds = in.chosen().seconds;
    const auto commands = [&](leftfold::repository<item>& items) {
        std::int64_t turn = 0;
        return repeat_for(seconds, [&] {
            items.execute(key_of(turn++ % hot_streams), [](item& i) { i.change(1); });
            return 1.0;
        });
    };
    const auto beside_log = in.compare([&] { return raw.append(1, seconds); }, [&] { return commands(resident); });
    const auto beside_plain = in.compare([&] { return commands(plain); }, [&] { return commands(resident); });
    store.close();
    require_sound(path);
    return {beside_log.against("execute_resident", "raw_sqlite_log", 0.90),
            beside_plain.against("execute_resident_1000", "execute_without", 2)};
}

std::vector<result> durability_levels(workshop& in) {
    using enum leftfold::durability;
    workload load{streams};
    const auto appends_at = [&](leftfold::event_store& store) {
        return append_one_by_one(store, load, 1, in.chosen().seconds);
    };
    auto durable = open_store(in.fresh_path("bench.store"));
    std::vector<result> all;
    for (const auto& [level, name] :
         {std::pair(process_crash, "append_1x1_process_crash"), std::pair(none, "append_1x1_none")}) {
        auto weaker = leftfold::open_sqlite(in.fresh_path("bench.store"), {.partitions = 1, .level = level});
        const auto both = in.compare([&] { return appends_at(durable); }, [&] { return appends_at(weaker); });
        all.push_back(both.against(name, "append_1x1", 1));
    }
    return all;
}

std::vector<result> append_64_threads(workshop& in) {
    both_sides sides(in, raw_index::none);
    leftfold::repository<item> items{sides.store, {.resident_bytes = 64 << 20}};
    raw_sqlite_log log(in.fresh_path("raw.db"), raw_index::none);

    // Each of 64 threads does one thing over and over until the time is over.
    const auto by_threads = [&](const std::function<void(std::size_t thread, std::size_t turn)>& once) {
        std::vector<run> parts(in_flight);
        const stopwatch clock;
        {
            std::vector<std::jthread> threads;
            for (std::size_t t = 0; t < in_flight; ++t)
                threads.emplace_back([&, t] {
                    while (clock.seconds() < in.chosen().seconds) {
                        const stopwatch begun;
                        once(t, static_cast<std::size_t>(parts[t].operations));
                        parts[t].latencies_us.push_back(static_cast<float>(begun.micros()));
                        ++parts[t].operations;
                    }
                });
        }
        run all;
        all.seconds = clock.seconds();
        for (const auto& part : parts) {
            all.operations += part.operations;
            all.latencies_us.insert(all.latencies_us.end(), part.latencies_us.begin(), part.latencies_us.end());
        }
        return all;
    };
    const auto both = in.compare(
        [&] {
            raw_group_writer writer(log);
            return by_threads([&](std::size_t thread, std::size_t turn) {
                writer.append(sides.rows[(thread * 701 + turn) % sides.rows.size()]);
            });
        },
        [&] {
            return by_threads([&](std::size_t thread, std::size_t turn) {
                items.execute(key_of(static_cast<std::int64_t>(thread * 100 + turn % 100)),
                              [](item& i) { i.change(1); });
            });
        });
    sides.finish();
    return {both.against("append_64_threads", "raw_group_writer", 0.60)};
}

}  // namespace bench
