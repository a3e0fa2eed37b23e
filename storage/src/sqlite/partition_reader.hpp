#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "leftfold/storage/partition_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/offset_list.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

/// Reads one partition over a read-only connection of its own. For one thread at a time.
///
/// No read transaction outlives a call, so a slow consumer never holds back the checkpointer.
class partition_reader {
public:
    partition_reader(const std::filesystem::path& file, partition_id partition, const connection_options& options);
    partition_reader(const partition_reader&) = delete;
    partition_reader& operator=(const partition_reader&) = delete;

    partition_head head();
    page_end read(offset after, const page_limits& limits, const event_filter& filter, payloads wanted,
                  event_sink sink);
    void read_at(std::span<const offset> offsets, payloads wanted, event_sink sink);

    connection& database() { return db_; }

private:
    page_end scan(statement& rows, offset after, const page_limits& limits, const event_filter& filter, payloads wanted,
                  event_sink sink);
    statement& rows_for(const event_filter& filter, payloads wanted);
    statement& chosen_rows(payloads wanted);
    void add_matching_function();

    partition_id partition_;
    const event_filter* filter_ = nullptr;  // of the scan that is under way
    bool matched_ = false;                  // what the filter said of the row at hand
    connection db_;
    offset_list chosen_;  // what read_at() was asked for
    statement head_;
    statement envelopes_;
    statement events_;
    statement matching_events_;
    statement chosen_envelopes_;
    statement chosen_events_;
};

/// The readers of one partition: a few that wait, more while more threads read at once. Thread-safe.
class reader_pool {
public:
    /// Keeps so many of them open while they wait.
    reader_pool(std::filesystem::path file, partition_id partition, connection_options options, std::size_t kept)
        : file_(std::move(file)), partition_(partition), options_(std::move(options)), kept_(kept) {}

    /// Lends a reader until the end of the lease.
    class lease {
    public:
        lease(reader_pool& from, std::unique_ptr<partition_reader> reader) : pool_(from), reader_(std::move(reader)) {}
        ~lease() { pool_.give_back(std::move(reader_)); }
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        partition_reader* operator->() const { return reader_.get(); }

    private:
        reader_pool& pool_;
        std::unique_ptr<partition_reader> reader_;
    };

    lease take();

    /// Closes the readers that wait; those on loan stay.
    void close_idle();

private:
    void give_back(std::unique_ptr<partition_reader> reader);

    std::filesystem::path file_;
    partition_id partition_;
    connection_options options_;
    std::size_t kept_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<partition_reader>> idle_;
};

}  // namespace leftfold::inline v0::sqlite
