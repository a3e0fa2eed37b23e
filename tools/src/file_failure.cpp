#include "file_failure.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

errc code_of(const std::error_code& why) {
    if (why == std::errc::file_exists || why == std::errc::not_a_directory) return errc::already_exists;
    if (why == std::errc::no_such_file_or_directory) return errc::not_found;
    if (why == std::errc::no_space_on_device) return errc::disk_full;
    if (why == std::errc::permission_denied || why == std::errc::read_only_file_system) return errc::read_only;
    return errc::io_error;
}

}  // namespace

void fail(const std::error_code& why, const char* doing, const std::filesystem::path& file) {
    throw error(code_of(why), fmt::format("{} {} ({})", doing, file.string(), why.message()));
}

void fail_with_errno(const char* doing, const std::filesystem::path& file) {
    fail({errno, std::generic_category()}, doing, file);
}

}  // namespace leftfold::inline v0::tools
