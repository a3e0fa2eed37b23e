#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "sqlite/manifest.hpp"

namespace leftfold::inline v0::sqlite {

// A copy of a store that is being made, or was broken off, has its manifest under another name: nobody takes what is
// there for a store until all of it is there. All of these want the directory's lock to be held.

/// Returns what the copy in that directory is of; nothing where there is no unfinished one.
std::optional<manifest> read_unfinished_copy(std::string_view vfs, const std::filesystem::path& directory);

/// Says durably that a copy begins.
void begin_copy(std::string_view vfs, const std::filesystem::path& directory, const manifest& what);

/// Says durably that a copy which is a store already is carried on: until that has ended, some partitions have more
/// than belongs together.
void carry_on_copy(const std::filesystem::path& directory);

/// Makes the copy a store, durably.
void finish_copy(const std::filesystem::path& directory);

/// Whether the directory has files that a store makes when it is used.
bool holds_files_of_a_store(const std::filesystem::path& directory);

/// Removes what a copy that was broken off has left: the files of a store, and nothing else.
void forget_copy(const std::filesystem::path& directory);

}  // namespace leftfold::inline v0::sqlite
