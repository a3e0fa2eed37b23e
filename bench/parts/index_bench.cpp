// What the stream index costs and gives, beside SQLite's UNIQUE(stream, version), in one run on one file system:
//
//     index_bench [EVENTS [GROUP [DIRECTORY]]]
//
// Appends EVENTS events (10^6 by default) in groups of GROUP (64) over EVENTS / 10 random streams: to a leftfold log
// with its index, and to a raw table with the same columns and bytes under UNIQUE. Both sync each group. Then loads
// random streams from each, rows included. What stamps and chains the events is not counted.
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace {

using namespace leftfold;

constexpr std::size_t loads = 5'000;
constexpr partition_id first{0};
const std::string payload(200, 'x');

double seconds_since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

std::string key_of(std::uint64_t stream) { return "item-key-" + std::to_string(stream); }

/// One group of events, the same for both: of random streams, with their versions.
struct workload {
    workload(std::size_t events, std::size_t group_size)
        : group(group_size), streams(std::max<std::size_t>(1, events / 10)), versions(streams) {}

    void next() {
        picked.clear();
        for (std::size_t i = 0; i < group; ++i) {
            const auto stream = random() % streams;
            picked.emplace_back(stream, ++versions[stream]);
        }
    }

    std::size_t group;
    std::size_t streams;
    std::vector<std::int64_t> versions;
    std::mt19937_64 random{1};
    std::vector<std::pair<std::uint64_t, std::int64_t>> picked;
};

/// The log and the index of a leftfold store.
class leftfold_side {
public:
    explicit leftfold_side(const std::filesystem::path& directory)
        : parts_(make_sqlite_parts(directory / "bench.store", {.partitions = 1})),
          held_(parts_.log->claim(first, "")) {}

    void append(const workload& load) {
        keys_.clear();
        events_.clear();
        for (const auto& [stream, at] : load.picked) keys_.push_back(key_of(stream));
        auto head = held_.head;
        for (std::size_t i = 0; i < load.group; ++i) {
            event_view event{.partition = first,
                             .at = head.at.next(),
                             .recorded = recorded_at::from_micros(head.recorded.micros() + 1),
                             .occurred = occurred_at::from_micros(head.recorded.micros() + 1),
                             .category = "item",
                             .key = keys_[i],
                             .version = version(load.picked[i].second),
                             .type = "item.changed",
                             .id = make_event_id(head.at.value(), ids_),
                             .payload = payload};
            event.integrity.chain = hasher_.next(head.chain, event);
            event.integrity.payload_crc = crc32c(payload);
            event.integrity.envelope_crc = envelope_crc(event);
            head = {event.at, event.recorded, event.integrity.chain};
            events_.push_back(event);
        }
        const auto begun = std::chrono::steady_clock::now();
        if (parts_.log->append(held_, events_).status != append_status::committed) std::abort();
        const auto logged = seconds_since(begun);
        parts_.index->add(first, events_);
        seconds += seconds_since(begun);
        add_seconds += seconds_since(begun) - logged;
    }

    std::size_t load(std::uint64_t stream) {
        const auto found = parts_.index->find(first, {"item", key_of(stream)}, version(1), 1'000, direction::forward);
        std::size_t bytes = 0;
        parts_.log->read_at(first, found, payloads::read, [&](const event_view& event) {
            bytes += event.payload.size();
            return true;
        });
        return bytes;
    }

    std::size_t find(std::uint64_t stream) {
        return parts_.index->find(first, {"item", key_of(stream)}, version(1), 1'000, direction::forward).size();
    }
    std::size_t look_up(std::uint64_t stream) { return parts_.index->head(first, {"item", key_of(stream)}) ? 1 : 0; }

    double seconds = 0;
    double add_seconds = 0;

private:
    struct counter final : random_source {
        std::uint64_t next() override { return random(); }
        std::mt19937_64 random{2};
    };

    store_parts parts_;
    fence held_;
    chain_hasher hasher_;
    counter ids_;
    std::vector<std::string> keys_;
    std::vector<event_view> events_;
};

/// A raw table under UNIQUE, or without.
class raw_side {
public:
    raw_side(const std::filesystem::path& file, const char* unique) {
        sqlite3_open(file.c_str(), &database_);
        const auto schema =
            std::string(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE events (at INTEGER PRIMARY KEY,"
                " recorded INTEGER, occurred INTEGER, category TEXT, key TEXT, version INTEGER, type TEXT,"
                " id BLOB, chain BLOB, crc INTEGER, payload TEXT") +
            unique + ")";
        run(schema.c_str());
        prepare("INSERT INTO events VALUES (NULL, ?1, ?1, 'item', ?2, ?3, 'item.changed', ?4, ?5, 7, ?6)", insert_);
        prepare("SELECT payload FROM events WHERE category = 'item' AND key = ?1 AND version >= 1 ORDER BY version",
                load_);
        prepare("SELECT at FROM events WHERE category = 'item' AND key = ?1 AND version >= 1 ORDER BY version", find_);
        prepare("SELECT max(version) FROM events WHERE category = 'item' AND key = ?1", head_);
    }
    ~raw_side() {
        for (auto* statement : {insert_, load_, find_, head_}) sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    raw_side(const raw_side&) = delete;
    raw_side& operator=(const raw_side&) = delete;

    void append(const workload& load) {
        const auto begun = std::chrono::steady_clock::now();
        run("BEGIN IMMEDIATE");
        for (const auto& [stream, at] : load.picked) {
            const auto key = key_of(stream);
            const std::string id(16, static_cast<char>(++count_));
            const std::string chain(32, static_cast<char>(count_));
            sqlite3_bind_int64(insert_, 1, count_);
            bind(insert_, 2, key);
            sqlite3_bind_int64(insert_, 3, at);
            sqlite3_bind_blob(insert_, 4, id.data(), 16, SQLITE_STATIC);
            sqlite3_bind_blob(insert_, 5, chain.data(), 32, SQLITE_STATIC);
            bind(insert_, 6, payload);
            if (sqlite3_step(insert_) != SQLITE_DONE) std::abort();
            sqlite3_reset(insert_);
        }
        run("COMMIT");
        seconds += seconds_since(begun);
    }

    std::size_t load(std::uint64_t stream) { return query(load_, stream); }
    std::size_t find(std::uint64_t stream) { return query(find_, stream); }
    std::size_t look_up(std::uint64_t stream) { return query(head_, stream); }

    double seconds = 0;

private:
    std::size_t query(sqlite3_stmt* statement, std::uint64_t stream) {
        const auto key = key_of(stream);
        bind(statement, 1, key);
        std::size_t bytes = 0;
        while (sqlite3_step(statement) == SQLITE_ROW)
            bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
        sqlite3_reset(statement);
        return bytes;
    }
    static void bind(sqlite3_stmt* to, int at, const std::string& text) {
        sqlite3_bind_text(to, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    void run(const char* sql) {
        if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
    }
    void prepare(const char* sql, sqlite3_stmt*& statement) {
        if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK) std::abort();
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* load_ = nullptr;
    sqlite3_stmt* find_ = nullptr;
    sqlite3_stmt* head_ = nullptr;
    std::int64_t count_ = 0;
};

template <class Side, class Question>
double microseconds_each(Side& side, std::size_t streams, const Question& question) {
    std::mt19937_64 random(3);
    std::size_t sum = 0;
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < loads; ++i) sum += question(side, random() % streams);
    if (sum == 0) std::abort();
    return seconds_since(begun) * 1e6 / loads;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::size_t group = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 64;
    const std::filesystem::path directory = argc > 3 ? argv[3] : "index_bench.files";
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    double open_ms = 0;
    workload load(events, group);
    {
        raw_side unique(directory / "unique.db", ", UNIQUE (category, key, version)");
        raw_side bare(directory / "bare.db", "");
        leftfold_side ours(directory);
        std::printf("%12s %14s %14s %14s %16s\n", "events", "leftfold 1/s", "UNIQUE 1/s", "no index 1/s",
                    "add() alone 1/s");
        const std::size_t part = std::max<std::size_t>(events / 10 / group, 1);
        for (std::size_t done = 0; done < events;) {
            ours.seconds = ours.add_seconds = unique.seconds = bare.seconds = 0;
            for (std::size_t i = 0; i < part; ++i) {
                load.next();
                ours.append(load);
                unique.append(load);
                bare.append(load);
            }
            done += part * group;
            const auto rate = [&](double seconds) { return static_cast<double>(part * group) / seconds; };
            std::printf("%12zu %14.0f %14.0f %14.0f %16.0f\n", done, rate(ours.seconds), rate(unique.seconds),
                        rate(bare.seconds), rate(ours.add_seconds));
            std::fflush(stdout);
        }
        const auto loading = [](auto& side, std::uint64_t stream) { return side.load(stream); };
        const auto finding = [](auto& side, std::uint64_t stream) { return side.find(stream); };
        const auto looking = [](auto& side, std::uint64_t stream) { return side.look_up(stream); };
        const auto absent = [&](auto& side, std::uint64_t stream) { return side.look_up(stream + events) + 1; };
        const auto report = [&](const char* what, const auto& question) {
            const auto mine = microseconds_each(ours, load.streams, question);
            const auto theirs = microseconds_each(unique, load.streams, question);
            std::printf("%-36s leftfold %7.1f us   UNIQUE %7.1f us\n", what, mine, theirs);
        };
        for (int round = 0; round < 3; ++round) {
            report("load a random stream, 10 events", loading);
            report("its offsets alone", finding);
            report("head of a random stream", looking);
            report("head of a stream that is not there", absent);
        }
    }
    {
        const auto begun = std::chrono::steady_clock::now();
        const auto parts = make_sqlite_parts(directory / "bench.store", {});
        static_cast<void>(parts.index->indexed_to(first));
        open_ms = seconds_since(begun) * 1e3;
    }
    std::printf("open the store and its index: %.1f ms\n", open_ms);
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
        if (file.is_regular_file() && file.file_size() > 1'000'000)
            std::printf("%s: %zu MiB\n", file.path().filename().c_str(), file.file_size() >> 20U);
    }
    std::filesystem::remove_all(directory);
}
