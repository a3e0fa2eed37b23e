// Latency under a steady load of half of what goes, while the WAL is copied and the index merges its runs.

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

#include "appending.hpp"
#include "cases.hpp"
#include "leftfold/storage/async.hpp"

namespace bench {

namespace {

using steady = std::chrono::steady_clock;

/// Begins appends at a fixed rate, whether those before them have ended or not, a few at each tick of a clock. Each
/// counts from when it was to begin, so that a stall is felt by all that were due meanwhile.
class steady_load {
public:
    steady_load(leftfold::event_store& store, workload& load, double rate, double seconds)
        : store_(store),
          load_(load),
          each_tick_(rate * std::chrono::duration<double>(tick).count()),
          ticks_(static_cast<std::int64_t>(seconds / std::chrono::duration<double>(tick).count())) {}

    run work() {
        begun_ = steady::now();
        wait_for_tick();
        loop_.run();
        done_.seconds = std::chrono::duration<double>(steady::now() - begun_).count();
        return std::move(done_);
    }

private:
    static constexpr std::chrono::microseconds tick{500};

    void wait_for_tick() {
        if (++ticked_ > ticks_) return;
        timer_.expires_at(begun_ + ticked_ * tick);
        timer_.async_wait([this](boost::system::error_code) {
            const auto due = begun_ + ticked_ * tick;
            for (const auto all = each_tick_ * static_cast<double>(ticked_); started_ < all; ++started_) start(due);
            wait_for_tick();
        });
    }

    void start(steady::time_point due) {
        std::vector<leftfold::stream_append> what;
        what.push_back(load_.next_append());
        store_.async_append(
            std::move(what), {},
            boost::asio::bind_executor(
                loop_, [this, due](boost::system::error_code failed, const leftfold::append_result& outcome) {
                    if (failed || !outcome) throw std::runtime_error("an append failed");
                    done_.latencies_us.push_back(std::chrono::duration<float, std::micro>(steady::now() - due).count());
                    ++done_.operations;
                }));
    }

    leftfold::event_store& store_;
    workload& load_;
    double each_tick_;
    std::int64_t ticks_;
    std::int64_t ticked_ = 0;
    double started_ = 0;
    steady::time_point begun_;
    boost::asio::io_context loop_;
    boost::asio::steady_timer timer_{loop_};
    run done_;
};

}  // namespace

std::vector<result> append_steady(workshop& in) {
    constexpr std::int64_t streams = 100'000;
    const auto path = in.fresh_path("bench.store");
    run steadily;
    {
        auto store = open_store(path);
        workload load(streams);
        series all_out;
        for (int round = 0; round < in.chosen().rounds; ++round)
            all_out.runs.push_back(append_in_flight(store, load, 64, in.chosen().seconds));
        // Long enough for some checkpoints of the WAL, and for the index to write runs and merge them.
        steadily = steady_load(store, load, all_out.median_rate() / 2, 20 * in.chosen().seconds).work();
    }
    require_sound(path);
    const auto p50 = quantile(steadily.latencies_us, 0.5);
    auto one = at_most("append_steady", "20 x p50", quantile(steadily.latencies_us, 0.999), 20 * p50);
    one.p50_us = p50;
    one.p99_us = quantile(steadily.latencies_us, 0.99);
    return {one};
}

}  // namespace bench
