#pragma once
// The ways of appending that the cases share.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "domain.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "measure.hpp"
#include "raw_row.hpp"
#include "workshop.hpp"

namespace bench {

/// Opens a durable store, a fresh one where the path is new.
leftfold::event_store open_store(const std::filesystem::path& path, std::uint32_t partitions = 1);

/// One client that waits for each append.
run append_one_by_one(leftfold::event_store& store, workload& load, std::size_t events_each, double seconds);
/// So many appends in flight, driven from one loop.
run append_in_flight(leftfold::event_store& store, workload& load, std::size_t in_flight, double seconds);
/// Appends so many events as fast as it goes, 512 in flight.
void append_many(leftfold::event_store& store, workload& load, std::int64_t events);

/// How many events a stream of a large store has on average.
constexpr std::int64_t events_a_stream = 9;

/// Makes a store of so many events in one partition, not synced one by one; `streams` of them.
void fill_store(const std::filesystem::path& path, std::int64_t events, std::int64_t streams,
                std::uint32_t partitions = 1);
/// The file of a partition, for those who read it by hand.
std::filesystem::path partition_file(const std::filesystem::path& store, int partition = 0);

/// Rows as leftfold writes them, for the raw sides to write again.
std::vector<raw_row> sample_rows(workshop& in, std::int64_t rows, std::int64_t streams);
/// Every row of the store's first partition, one after another.
void for_each_row(leftfold::event_store& store, const std::function<void(const raw_row&)>& take);

/// Throws when the store is not what was written.
void require_sound(const std::filesystem::path& store);

}  // namespace bench
