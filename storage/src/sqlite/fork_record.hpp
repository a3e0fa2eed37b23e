#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "sqlite/manifest.hpp"

namespace leftfold::inline v0::sqlite {

/// Where a fork left its parent: the file `fork` in its directory (docs/storage_format.md).
///
/// Written before the manifest, which holds its checksum, and never again: a fork exists when its manifest does.
struct fork_record {
    store_id parent{};
    store_epoch epoch{1};
    /// The parent's directory, absolute.
    std::filesystem::path path;
    /// The fork's clock goes on above this.
    recorded_at time{};
    int depth = 1;
    /// The parent's head in each partition at the cut.
    std::vector<partition_head> heads;

    friend bool operator==(const fork_record&, const fork_record&) = default;
};

/// Writes the text, with its checksum in the last line.
std::string to_text(const fork_record& of);

/// Reads the text; what follows the checksum does not count. Throws errc::corrupt; `origin` names the file.
fork_record parse_fork_record(std::string_view text, std::uint32_t partitions, std::string_view origin);

/// Returns the checksum that the text ends with, for the manifest.
std::uint32_t checksum_of(const fork_record& of);

/// Reads the record of the fork in that directory, whose manifest this is. Throws errc::corrupt when it is missing,
/// damaged, or not the one that the manifest speaks of.
fork_record read_fork_record(std::string_view vfs, const std::filesystem::path& directory, const manifest& of);

/// Writes the record durably.
void write_fork_record(std::string_view vfs, const std::filesystem::path& directory, const fork_record& what);

}  // namespace leftfold::inline v0::sqlite
