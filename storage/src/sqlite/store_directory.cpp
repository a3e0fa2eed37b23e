#include "sqlite/store_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& path) {
    if (path.empty()) return {};  // which the check of names refuses
    auto whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

void make_directory(const fs::path& directory) {
    std::error_code failed;
    if (!fs::create_directories(directory, failed) && !failed) return;
    if (failed)
        throw error(failed == std::errc::permission_denied || failed == std::errc::read_only_file_system
                        ? errc::read_only
                        : errc::io_error,
                    fmt::format("making the directory {}: {}", directory.string(), failed.message()));
    // The new name in the parent directory is to survive a power cut, too.
    const int parent = ::open(directory.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return;
    ::fsync(parent);
    ::close(parent);
}

}  // namespace leftfold::inline v0::sqlite
