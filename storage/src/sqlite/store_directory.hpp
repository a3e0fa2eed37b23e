#pragma once

#include <filesystem>

namespace leftfold::inline v0::sqlite {

/// Returns the directory that a store's path means: absolute, and without a slash at its end. `a/b/` and `a/b` are one
/// store, whose name is the last part.
std::filesystem::path directory_of(const std::filesystem::path& path);

/// Makes the directory, durably, unless it is there. Throws errc::read_only where it may not.
void make_directory(const std::filesystem::path& directory);

}  // namespace leftfold::inline v0::sqlite
