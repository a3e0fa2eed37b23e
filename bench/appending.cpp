#include "appending.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>

#include "leftfold/storage/async.hpp"
#include "leftfold/storage/verify.hpp"

namespace bench {

namespace {

raw_row row_of(const leftfold::event_view& event) {
    const auto bytes = [](const auto& of) { return std::string(reinterpret_cast<const char*>(of.data()), of.size()); };
    return {event.recorded.micros(),      event.occurred.micros(),
            std::string(event.category),  std::string(event.key),
            event.version.value(),        std::string(event.type),
            bytes(event.id.bytes),        std::string(event.metadata.encoded()),
            bytes(event.integrity.chain), event.integrity.payload_crc,
            event.integrity.envelope_crc, std::string(event.payload)};
}

enum class latencies { noted, not_noted };

/// Keeps a number of appends under way until it is told to stop starting new ones.
class appender {
public:
    appender(leftfold::event_store& store, workload& load, latencies note) : store_(store), load_(load), note_(note) {}

    run work(std::size_t in_flight, const std::function<bool(const run&, double seconds)>& goes_on) {
        goes_on_ = &goes_on;
        for (std::size_t i = 0; i < in_flight; ++i) start_next();
        loop_.run();
        done_.seconds = clock_.seconds();
        return std::move(done_);
    }

private:
    void start_next() {
        if (!(*goes_on_)(done_, clock_.seconds())) return;
        std::vector<leftfold::stream_append> what;
        what.push_back(load_.next_append());
        store_.async_append(
            std::move(what), {},
            boost::asio::bind_executor(loop_, [this, begun = stopwatch()](boost::system::error_code failed,
                                                                          const leftfold::append_result& outcome) {
                if (failed || !outcome) throw std::runtime_error("an append failed");
                if (note_ == latencies::noted) done_.latencies_us.push_back(static_cast<float>(begun.micros()));
                ++done_.operations;
                start_next();
            }));
    }

    leftfold::event_store& store_;
    workload& load_;
    latencies note_;
    boost::asio::io_context loop_;
    const std::function<bool(const run&, double)>* goes_on_ = nullptr;
    run done_;
    stopwatch clock_;
};

}  // namespace

leftfold::event_store open_store(const std::filesystem::path& path, std::uint32_t partitions) {
    return leftfold::open_sqlite(path, {.partitions = partitions});
}

run append_one_by_one(leftfold::event_store& store, workload& load, std::size_t events_each, double seconds) {
    return repeat_for(seconds, [&] {
        std::vector<leftfold::stream_append> what;
        what.push_back(load.next_append(events_each));
        if (!store.append(std::move(what))) throw std::runtime_error("an append was refused");
        return static_cast<double>(events_each);
    });
}

run append_in_flight(leftfold::event_store& store, workload& load, std::size_t in_flight, double seconds) {
    return appender(store, load, latencies::noted).work(in_flight, [seconds](const run&, double past) {
        return past < seconds;
    });
}

void append_many(leftfold::event_store& store, workload& load, std::int64_t events) {
    std::int64_t started = 0;
    appender(store, load, latencies::not_noted).work(512, [&](const run&, double) { return started++ < events; });
}

void fill_store(const std::filesystem::path& path, std::int64_t events, std::int64_t streams,
                std::uint32_t partitions) {
    auto store = leftfold::open_sqlite(path, {.partitions = partitions, .level = leftfold::durability::none});
    workload load(streams);
    append_many(store, load, events);
}

std::filesystem::path partition_file(const std::filesystem::path& store, int partition) {
    auto number = std::to_string(partition);
    number.insert(0, 4 - number.size(), '0');
    return store / ("partition-" + number + ".db");
}

void for_each_row(leftfold::event_store& store, const std::function<void(const raw_row&)>& take) {
    leftfold::page_end end;
    do {
        end = store.read_partition(leftfold::partition_id{0}, end.scanned_to, {}, {}, leftfold::payloads::read,
                                   [&](const leftfold::event_view& event) {
                                       take(row_of(event));
                                       return true;
                                   });
    } while (!end.at_end);
}

std::vector<raw_row> sample_rows(workshop& in, std::int64_t rows, std::int64_t streams) {
    const auto path = in.fresh_path("sample.store");
    fill_store(path, rows, streams);
    auto store = open_store(path);
    std::vector<raw_row> all;
    for_each_row(store, [&](const raw_row& row) { all.push_back(row); });
    return all;
}

void require_sound(const std::filesystem::path& path) {
    auto store = leftfold::open_sqlite(path, {.access = leftfold::access::read_only});
    const auto report = leftfold::verify(store);
    if (!report.sound()) throw std::runtime_error("the store that was measured is damaged: " + report.damages[0].what);
}

}  // namespace bench
