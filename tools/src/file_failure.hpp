#pragma once

#include <filesystem>
#include <system_error>

namespace leftfold::inline v0::tools {

/// Throws what a failed call on a file means: errc::already_exists, not_found, disk_full, read_only or io_error.
[[noreturn]] void fail(const std::error_code& why, const char* doing, const std::filesystem::path& file);

/// The same for what errno says.
[[noreturn]] void fail_with_errno(const char* doing, const std::filesystem::path& file);

}  // namespace leftfold::inline v0::tools
