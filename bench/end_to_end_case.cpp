// From an append to the row that shows it, through a running engine, at 500 appends a second.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

#include "appending.hpp"
#include "cases.hpp"
#include "item_rows.hpp"

namespace bench {

namespace {

constexpr std::chrono::microseconds beat{2'000};

/// Latencies of one run: until the append was acknowledged, and until its row could be read.
struct both_latencies {
    run acknowledged;
    run visible;
};

both_latencies measure_once(leftfold::event_store& store, leftfold::projection_engine& engine, const items_now& read,
                            workload& load, double seconds) {
    both_latencies done;
    const stopwatch clock;
    boost::asio::io_context context;
    boost::asio::steady_timer next(context, std::chrono::steady_clock::now());
    for (; clock.seconds() < seconds; next.expires_at(next.expiry() + beat)) {
        next.wait();
        std::vector<leftfold::stream_append> what;
        what.push_back(load.next_append());
        const auto key = what[0].stream.key();
        const stopwatch begun;
        const auto appended = store.append(std::move(what)).value();
        done.acknowledged.latencies_us.push_back(static_cast<float>(begun.micros()));
        engine.wait_for(appended.position);
        if (!read.rows.find(key)) throw std::runtime_error("the row is not there");
        done.visible.latencies_us.push_back(static_cast<float>(begun.micros()));
    }
    done.acknowledged.operations = done.visible.operations = static_cast<double>(done.visible.latencies_us.size());
    done.acknowledged.seconds = done.visible.seconds = clock.seconds();
    return done;
}

/// Latency beside latency: the limit's over ours.
result beside(const comparison& both, std::string name, double part, double goal) {
    auto one = both.against(std::move(name), "durable_ack", goal);
    const auto ours = both.ours.median_quantile_us(part);
    const auto limit = both.limit.median_quantile_us(part);
    one.rate = ours > 0 ? 1e6 / ours : 0;
    one.limit_rate = limit > 0 ? 1e6 / limit : 0;
    one.ratio = ours > 0 ? limit / ours : 0;
    return one;
}

}  // namespace

std::vector<result> end_to_end(workshop& in) {
    auto store = open_store(in.fresh_path("bench.store"));
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<items_now>({.database = in.fresh_path("views.db")});
    engine.start();
    workload load(1'000);
    comparison both;
    for (int round = 0; round < in.chosen().rounds; ++round) {
        auto latencies = measure_once(store, engine, read, load, in.chosen().seconds);
        both.limit.runs.push_back(std::move(latencies.acknowledged));
        both.ours.runs.push_back(std::move(latencies.visible));
    }
    return {beside(both, "e2e_p50", 0.5, 1 / 1.3), beside(both, "e2e_p99", 0.99, 1 / 3.0)};
}

}  // namespace bench
