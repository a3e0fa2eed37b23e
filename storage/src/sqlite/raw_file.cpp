#include "sqlite/raw_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "leftfold/storage/error.hpp"
#include "sqlite/failure.hpp"

namespace leftfold::inline v0::sqlite {

sqlite3_vfs& find_vfs(std::string_view name) {
    auto* vfs = sqlite3_vfs_find(name.empty() ? nullptr : std::string(name).c_str());
    if (vfs == nullptr) throw error(errc::invalid_argument, fmt::format("looking for the SQLite VFS \"{}\"", name));
    return *vfs;
}

namespace {

// SQLite reads parameters behind a name's end, up to an empty one; ours has none.
std::string terminated(const std::filesystem::path& file) {
    return std::filesystem::absolute(file).string() + std::string(4, '\0');
}

}  // namespace

bool is_platform_vfs(std::string_view vfs) { return vfs.empty() || vfs.starts_with("unix"); }

bool file_exists(std::string_view vfs, const std::filesystem::path& file) {
    auto& system = find_vfs(vfs);
    int exists = 0;
    const int code = system.xAccess(&system, terminated(file).c_str(), SQLITE_ACCESS_EXISTS, &exists);
    if (code != SQLITE_OK) fail(code, fmt::format("looking for {}", file.string()));
    return exists != 0;
}

void delete_file(std::string_view vfs, const std::filesystem::path& file) {
    auto& system = find_vfs(vfs);
    const int code = system.xDelete(&system, terminated(file).c_str(), 1);
    if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT) fail(code, fmt::format("deleting {}", file.string()));
}

struct raw_file::state {
    std::string name;  // SQLite keeps a pointer to it
    std::unique_ptr<char[]> memory;
    std::filesystem::path path;

    sqlite3_file* handle() { return reinterpret_cast<sqlite3_file*>(memory.get()); }
    void check(int code, std::string_view doing) const {
        if (code != SQLITE_OK) fail(code, fmt::format("{} {}", doing, path.string()));
    }
};

raw_file::raw_file(std::string_view vfs, const std::filesystem::path& file, mode how)
    : state_(new state{terminated(file), nullptr, file}) {
    auto& system = find_vfs(vfs);
    state_->memory = std::make_unique<char[]>(static_cast<std::size_t>(system.szOsFile));
    // Opened as a kind of journal: no locks, and the first sync of a new one syncs its directory too.
    const int flags = SQLITE_OPEN_SUPER_JOURNAL | (how == mode::read     ? SQLITE_OPEN_READONLY
                                                   : how == mode::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                                         : SQLITE_OPEN_READWRITE);
    const int code = system.xOpen(&system, state_->name.c_str(), state_->handle(), flags, nullptr);
    // SQLite says the same of a file that is there and cannot be opened, because too many are open or it may not be
    // read.
    if ((code & 0xFF) == SQLITE_CANTOPEN && how != mode::create && !file_exists(vfs, file))
        throw error(errc::not_found, fmt::format("opening {}", file.string()));
    state_->check(code, "opening");
}

raw_file::~raw_file() {
    if (state_->handle()->pMethods != nullptr) state_->handle()->pMethods->xClose(state_->handle());
}

std::string raw_file::read(std::int64_t offset, std::size_t bytes) {
    sqlite3_int64 size = 0;
    auto* file = state_->handle();
    state_->check(file->pMethods->xFileSize(file, &size), "asking the size of");
    if (size <= offset) return {};
    std::string found(std::min(bytes, static_cast<std::size_t>(size - offset)), '\0');
    const int code = file->pMethods->xRead(file, found.data(), static_cast<int>(found.size()), offset);
    if (code != SQLITE_IOERR_SHORT_READ) state_->check(code, "reading");
    return found;
}

void raw_file::write(std::int64_t offset, std::string_view bytes) {
    auto* file = state_->handle();
    state_->check(file->pMethods->xWrite(file, bytes.data(), static_cast<int>(bytes.size()), offset), "writing");
}

void raw_file::sync() {
    auto* file = state_->handle();
    state_->check(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), "syncing");
}

}  // namespace leftfold::inline v0::sqlite
