#include "sqlite/unfinished_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_name = "manifest.unfinished";

bool is_file_of_a_store(std::string_view name) {
    constexpr std::array<std::string_view, 2> beginnings{"partition-", "index-"};
    constexpr std::array<std::string_view, 4> names{"clock", "live", "ask", "verified"};
    constexpr std::array<std::string_view, 2> databases{"snapshots.db", "checkpoints.db"};
    const auto begins = [&](std::string_view each) { return name.starts_with(each); };
    return std::ranges::any_of(beginnings, begins) || std::ranges::any_of(databases, begins) ||
           std::ranges::find(names, name) != names.end();
}

std::vector<fs::path> files_of_a_store(const fs::path& directory) {
    std::vector<fs::path> found;
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(directory, failed))
        if (each.is_regular_file() && is_file_of_a_store(each.path().filename().string())) found.push_back(each.path());
    return found;
}

/// Renames a file, durably.
void rename_within(const fs::path& directory, std::string_view from, std::string_view to) {
    std::error_code failed;
    fs::rename(directory / from, directory / to, failed);
    if (failed)
        throw error(errc::io_error,
                    fmt::format("renaming {} to {} in {} ({})", from, to, directory.string(), failed.message()));
    const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return;
    ::fsync(opened);
    ::close(opened);
}

}  // namespace

std::optional<manifest> read_unfinished_copy(std::string_view vfs, const fs::path& directory) {
    return read_manifest(vfs, directory, unfinished_name);
}

void begin_copy(std::string_view vfs, const fs::path& directory, const manifest& what) {
    write_manifest(vfs, directory, what, unfinished_name);
}

void carry_on_copy(const fs::path& directory) { rename_within(directory, manifest_name, unfinished_name); }

void finish_copy(const fs::path& directory) { rename_within(directory, unfinished_name, manifest_name); }

bool holds_files_of_a_store(const fs::path& directory) { return !files_of_a_store(directory).empty(); }

void forget_copy(const fs::path& directory) {
    std::error_code failed;
    for (const auto& each : files_of_a_store(directory)) fs::remove(each, failed);
    // Last: while it is there, whoever is asked to make a copy knows that the rest is to be thrown away.
    fs::remove(directory / unfinished_name, failed);
}

}  // namespace leftfold::inline v0::sqlite
