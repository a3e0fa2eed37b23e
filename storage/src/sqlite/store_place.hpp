#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "leftfold/storage/partition_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/fork_record.hpp"
#include "sqlite/manifest.hpp"

namespace leftfold::inline v0::sqlite {

/// Where an open store lives, what it is, and how its databases are to be opened: what all of its parts need to know.
struct store_place {
    std::filesystem::path directory;
    std::string vfs{};
    manifest store{};
    /// Of a fork: where it left its parent.
    std::shared_ptr<const fork_record> fork{};
    durability level = durability::power_loss;
    int wal_pages = 2'000;
    std::size_t idle_readers = 16;

    /// How readers open: read_only, or immutable on media that nobody can write.
    file_access reading = file_access::read_only;

    /// The file of a partition: `partition-0003.db`.
    std::filesystem::path partition_file(partition_id partition) const;

    /// The head that a partition's own file goes on from: its parent's at the cut for a fork, zeroes for other stores.
    partition_head begins_after(partition_id partition) const {
        return fork ? fork->heads[partition.value()] : partition_head{};
    }

    connection_options reader() const { return {.mode = reading, .vfs = vfs}; }
    connection_options writer() const { return {.mode = file_access::read_write, .vfs = vfs, .cache_kib = 8'192}; }
};

}  // namespace leftfold::inline v0::sqlite
