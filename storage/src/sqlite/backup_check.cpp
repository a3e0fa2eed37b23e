#include "sqlite/backup_check.hpp"

#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"

namespace leftfold::inline v0 {

std::int64_t verify_copy(const std::filesystem::path& directory, const std::optional<checkpoint>& held) {
    auto copy = open_sqlite(directory, {.access = access::read_only, .mode = open_mode::open_existing});
    const auto report = verify(copy, {.since = held, .damages = 1});
    if (!report.sound()) {
        const auto& first = report.damages.front();
        throw error(errc::corrupt, "reading back " + directory.string() + ", whose event at " + to_string(first.where) +
                                       " is not what was written: " + first.what);
    }
    return report.events;
}

std::int64_t rehearse_restoring(const std::filesystem::path& backup_directory) {
    const auto scratch = std::filesystem::path(backup_directory.lexically_normal().string() + ".rehearsal");
    restore(backup_directory, scratch);
    const auto verified = verify_copy(scratch, std::nullopt);
    std::filesystem::remove_all(scratch);
    return verified;
}

}  // namespace leftfold::inline v0
