#include "curves.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <array>
#include <stdexcept>

#include "appending.hpp"
#include "item_rows.hpp"
#include "leftfold/framework/repository.hpp"
#include "random_time.hpp"

namespace bench {

namespace {

constexpr std::int64_t many_streams = 100'000;

/// The median rate of as many runs as the settings say.
double rate_of(workshop& in, const std::function<run()>& once) {
    series all;
    for (int round = 0; round < in.chosen().rounds; ++round) all.runs.push_back(once());
    return all.median_rate();
}

struct fresh_store {
    explicit fresh_store(workshop& in, std::uint32_t partitions = 1)
        : store(open_store(in.fresh_path("bench.store"), partitions)) {}
    leftfold::event_store store;
};

double appends_a_second(workshop& in, leftfold::event_store& store, workload& load, std::size_t in_flight) {
    return rate_of(in, [&] { return append_in_flight(store, load, in_flight, in.chosen().seconds); });
}

// The writer that has filled a store knows its streams; one that has just opened it looks each of them up once.
void append_by_events(workshop& in, const point_taker& take) {
    for (std::int64_t events = 10'000; events <= in.chosen().many_events; events *= 10) {
        const auto path = in.fresh_path("bench.store");
        const auto streams = std::max<std::int64_t>(1, events / events_a_stream);
        const auto measure = [&](const char* series, leftfold::event_store& store) {
            workload load(streams);
            take({"append_by_events", series, static_cast<double>(events), appends_a_second(in, store, load, 64)});
        };
        {
            auto store = open_store(path);
            workload load(streams);
            append_many(store, load, events);
            measure("by who filled it", store);
        }
        auto store = open_store(path);
        measure("just opened", store);
    }
}

void append_by_streams(workshop& in, const point_taker& take) {
    for (const std::int64_t streams : {1, 100, 10'000, 1'000'000}) {
        fresh_store fresh(in);
        workload load(streams);
        take({"append_by_streams", "64 in flight", static_cast<double>(streams),
              appends_a_second(in, fresh.store, load, 64)});
    }
}

void append_by_partitions(workshop& in, const point_taker& take) {
    for (const auto partitions : {1U, 2U, 4U, 8U})
        for (const auto in_flight : {64UL, 512UL}) {
            fresh_store fresh(in, partitions);
            workload load(many_streams);
            take({"append_by_partitions", fmt::format("{} in flight", in_flight), static_cast<double>(partitions),
                  appends_a_second(in, fresh.store, load, in_flight)});
        }
}

void append_by_in_flight(workshop& in, const point_taker& take) {
    fresh_store fresh(in);
    workload load(many_streams);
    for (const auto in_flight : {1UL, 4UL, 16UL, 64UL, 256UL, 1'024UL})
        take({"append_by_in_flight", "one partition", static_cast<double>(in_flight),
              appends_a_second(in, fresh.store, load, in_flight)});
}

void append_by_size(workshop& in, const point_taker& take) {
    for (const auto bytes : {64UL, 512UL, 4'096UL, 32'768UL, 262'144UL}) {
        fresh_store fresh(in);
        workload load(many_streams, 1, bytes);
        const auto rate = appends_a_second(in, fresh.store, load, 64);
        take({"append_by_size", "events", static_cast<double>(bytes), rate});
        take({"append_by_size", "KiB", static_cast<double>(bytes), rate * static_cast<double>(bytes) / 1'024});
    }
}

/// One stream of so many events, with or without snapshots every thousand.
struct long_stream {
    static constexpr std::int64_t batch = 1'000;

    long_stream(workshop& in, std::int64_t length, bool snapshots)
        : store(leftfold::open_sqlite(in.fresh_path("bench.store"),
                                      {.partitions = 1, .level = leftfold::durability::none})),
          items(store, {.snapshots = {.every = snapshots ? 1'000U : 0U, .spacing = batch}}) {
        workload one_stream(1);
        for (std::int64_t left = length; left > 0; left -= batch) {
            std::vector<leftfold::stream_append> what;
            what.push_back(one_stream.next_append(static_cast<std::size_t>(std::min(left, batch))));
            if (!store.append(std::move(what))) throw std::runtime_error("an append was refused");
            if (snapshots) items.load(key_of(0));
        }
    }

    leftfold::event_store store;
    leftfold::repository<item> items;
};

double micros_each(workshop& in, const std::function<void()>& once) {
    return 1e6 / rate_of(in, [&] {
               return repeat_for(in.chosen().seconds / 2, [&] {
                   once();
                   return 1.0;
               });
           });
}

void load_by_length(workshop& in, const point_taker& take) {
    for (const bool snapshots : {false, true})
        for (const std::int64_t length : {10, 100, 1'000, 10'000, 100'000}) {
            if (length > in.chosen().events) break;
            long_stream one(in, length, snapshots);
            take({"load_by_length", snapshots ? "with snapshots" : "without", static_cast<double>(length),
                  micros_each(in, [&] { one.items.load(key_of(0)); })});
        }
}

void as_of_by_history(workshop& in, const point_taker& take) {
    for (const std::int64_t length : {1'000, 10'000, 100'000, 1'000'000}) {
        if (length > in.chosen().events) break;
        long_stream one(in, length, true);
        random_time any(one.store);
        take({"as_of_by_history", "an aggregate with snapshots", static_cast<double>(length),
              micros_each(in, [&] { one.items.as_of(key_of(0), any.next()); })});
    }
}

/// Lets this process run on so many processors for as long as it lives.
class on_processors {
public:
    explicit on_processors(int count) {
        ::sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t some;
        CPU_ZERO(&some);
        for (int i = 0, chosen = 0; i < CPU_SETSIZE && chosen < count; ++i)
            if (CPU_ISSET(i, &before_)) CPU_SET(i, &some), ++chosen;
        ::sched_setaffinity(0, sizeof some, &some);
    }
    ~on_processors() { ::sched_setaffinity(0, sizeof before_, &before_); }
    on_processors(const on_processors&) = delete;
    on_processors& operator=(const on_processors&) = delete;

private:
    cpu_set_t before_{};
};

template <class AddProjection>
double events_a_second(workshop& in, leftfold::event_store& store, AddProjection&& add) {
    return rate_of(in, [&] {
        leftfold::projection_engine engine{store};
        add(engine);
        const stopwatch clock;
        engine.catch_up();
        return run{static_cast<double>(in.chosen().events), clock.seconds(), {}};
    });
}

void catch_up_by_cores(workshop& in, const point_taker& take) {
    const auto path = in.fresh_path("bench.store");
    fill_store(path, in.chosen().events, std::max<std::int64_t>(1, in.chosen().events / 10));
    for (const int cores : {1, 2}) {
        const on_processors few(cores);  // before the store's threads begin, which inherit it
        auto store = open_store(path);
        take({"catch_up_by_cores", "in memory", static_cast<double>(cores),
              events_a_second(in, store, [](auto& engine) { engine.template add_in_memory<totals>(); })});
        take({"catch_up_by_cores", "into a table", static_cast<double>(cores), events_a_second(in, store, [&](auto& e) {
                  e.template add<items_now>({.database = in.fresh_path("views.db")});
              })});
    }
}

}  // namespace

void measure_curves(workshop& in, const point_taker& take) {
    constexpr std::array curves{append_by_in_flight, append_by_size,   append_by_streams, append_by_partitions,
                                load_by_length,      as_of_by_history, catch_up_by_cores, append_by_events};
    for (const auto curve : curves) curve(in, take);
}

std::string to_json(const point& one) {
    return fmt::format(R"({{"curve":"{}","series":"{}","x":{:.0f},"y":{:.1f}}})", one.curve, one.series, one.x, one.y);
}

}  // namespace bench
