#include "sqlite/backup_check.hpp"

#include <fstream>
#include <utility>

#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"

namespace leftfold::inline v0 {

namespace {

namespace fs = std::filesystem;

/// A directory that is gone when this is, or when the next rehearsal begins: a file in it says what it is for, so that
/// no store of anybody's is taken for what a killed rehearsal left.
class rehearsal_place {
public:
    explicit rehearsal_place(fs::path path) : path_(std::move(path)) {
        if (fs::exists(path_ / mark)) fs::remove_all(path_);
        is_ours_ = fs::create_directory(path_);
        if (is_ours_ && !std::ofstream(path_ / mark)) throw error(errc::io_error, "making " + path_.string());
    }
    ~rehearsal_place() {
        std::error_code ignored;
        if (is_ours_) fs::remove_all(path_, ignored);
    }
    rehearsal_place(const rehearsal_place&) = delete;
    rehearsal_place& operator=(const rehearsal_place&) = delete;

    const fs::path& path() const { return path_; }

private:
    static constexpr const char* mark = "rehearsal";
    fs::path path_;
    bool is_ours_ = false;
};

}  // namespace

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
    const rehearsal_place scratch(backup_directory.lexically_normal().string() + ".rehearsal");
    restore(backup_directory, scratch.path());
    return verify_copy(scratch.path(), std::nullopt);
}

}  // namespace leftfold::inline v0
