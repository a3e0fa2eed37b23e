#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace leftfold::inline v0::sqlite {

/// Names the network file system that a number of statfs(2) stands for, if it stands for one. There locks are
/// unreliable and shared memory is not shared, so neither a store nor a database of read models opens.
std::optional<std::string_view> network_file_system(long statfs_type);

/// Throws errc::network_file_system, with its name, when the file or directory lies on one.
void refuse_network_file_system(const std::filesystem::path& place);

}  // namespace leftfold::inline v0::sqlite
