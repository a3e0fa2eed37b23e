#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "leftfold/storage/checkpoint_store.hpp"

namespace leftfold::inline v0 {

// Whether a finished backup can be relied on. Both return how many events they read, and throw errc::corrupt where one
// is not what was written.

/// Opens the copy as a store and verifies what it holds beyond `held`; without that everything.
std::int64_t verify_copy(const std::filesystem::path& directory, const std::optional<checkpoint>& held);

/// Restores the backup into a directory beside it, verifies everything there, and removes that directory again.
std::int64_t rehearse_restoring(const std::filesystem::path& backup_directory);

}  // namespace leftfold::inline v0
