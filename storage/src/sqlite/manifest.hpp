#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "leftfold/storage/position.hpp"
#include "leftfold/storage/snapshot_store.hpp"

namespace leftfold::inline v0::sqlite {

/// The format that this build writes, in the manifest and as each database's user_version. It reads this and every
/// earlier one.
inline constexpr std::int64_t format_version = 1;

/// The format of a fork's manifest: a build that knows no forks refuses it, and does not take it for half a store.
inline constexpr std::int64_t fork_format_version = 2;

/// What a store is: the file `manifest` in its directory.
///
/// Plain text of exactly 512 bytes with a checksum, so that one sector holds it and it is always old or new, never
/// torn. It is written last when a store is made: the store exists when its manifest does.
struct manifest {
    std::int64_t format = format_version;
    store_id id{};
    std::uint32_t partitions = 1;
    store_epoch epoch{1};
    /// Of a fork: the checksum of the file `fork` beside it, which says where it left its parent (fork_record.hpp).
    std::optional<std::uint32_t> fork{};

    friend bool operator==(const manifest&, const manifest&) = default;
};

inline constexpr std::string_view manifest_name = "manifest";

/// Writes the text, padded with line feeds.
std::string to_text(const manifest& of);

/// Reads the text. Throws errc::foreign_file, newer_format or corrupt; `origin` names the file for the error.
manifest parse_manifest(std::string_view text, std::string_view origin);

/// Reads the manifest in that directory; nothing where there is none, or an empty one.
std::optional<manifest> read_manifest(std::string_view vfs, const std::filesystem::path& directory,
                                      std::string_view name = manifest_name);

/// Writes the manifest durably, over the one that may be there.
void write_manifest(std::string_view vfs, const std::filesystem::path& directory, const manifest& what,
                    std::string_view name = manifest_name);

}  // namespace leftfold::inline v0::sqlite
