// Questions about the past beside the same about now.

#include <stdexcept>

#include "appending.hpp"
#include "cases.hpp"
#include "item_rows.hpp"
#include "leftfold/framework/repository.hpp"
#include "random_time.hpp"

namespace bench {

namespace {

/// Asks over and over.
template <class Ask>
run ask_for(double seconds, Ask&& ask) {
    return repeat_for(seconds, [&] {
        ask();
        return 1.0;
    });
}

}  // namespace

std::vector<result> as_of_long_stream(workshop& in) {
    constexpr std::int64_t batch = 1'000;
    auto store =
        leftfold::open_sqlite(in.fresh_path("bench.store"), {.partitions = 1, .level = leftfold::durability::none});
    leftfold::repository<item> items{store, {.snapshots = {.every = batch, .spacing = batch}}};
    workload one_stream(1);
    for (std::int64_t done = 0; done < in.chosen().events; done += batch) {
        std::vector<leftfold::stream_append> what;
        what.push_back(one_stream.next_append(batch));
        if (!store.append(std::move(what))) throw std::runtime_error("an append was refused");
        if (!items.load(key_of(0))) throw std::runtime_error("the stream is not there");
    }
    random_time any(store);
    const auto seconds = in.chosen().seconds / 2;
    const auto both =
        in.compare([&] { return ask_for(seconds, [&] { return items.load(key_of(0))->changes(); }); },
                   [&] { return ask_for(seconds, [&] { return items.as_of(key_of(0), any.next())->changes(); }); });
    return {both.against("as_of_aggregate", "load_now", 1 / 20.0)};
}

std::vector<result> as_of_read_model(workshop& in) {
    const auto path = in.fresh_path("bench.store");
    const auto streams = std::max<std::int64_t>(1, in.chosen().events / 10);
    fill_store(path, in.chosen().events, streams);
    auto store = open_store(path);
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<items_ever>({.database = in.fresh_path("views.db")});
    engine.catch_up();
    random_time any(store);
    workload keys(streams);
    const auto seconds = in.chosen().seconds / 2;
    const auto by_key =
        in.compare([&] { return ask_for(seconds, [&] { return read.rows.find(keys.next_key()); }); },
                   [&] { return ask_for(seconds, [&] { return read.rows.as_of(any.next()).find(keys.next_key()); }); });

    const auto scan = [&](const auto& rows) {
        run done;
        const stopwatch clock;
        rows.for_each([&](const item_row&) { ++done.operations; });
        done.seconds = clock.seconds();
        return done;
    };
    const auto scans = in.compare([&] { return scan(read.rows); }, [&] { return scan(read.rows.as_of(any.next())); });
    return {by_key.against("as_of_row", "find_now", 1 / 3.0), scans.against("as_of_scan", "scan_now", 1 / 3.0)};
}

}  // namespace bench
