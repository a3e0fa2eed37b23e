#include "sqlite/gathering_vfs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <new>
#include <utility>

#include "leftfold/storage/error.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

struct gathering_vfs::state {
    sqlite3_vfs* below = nullptr;
    sqlite3_vfs own{};
};

namespace {

const gathering_vfs::state& state_of(sqlite3_vfs* vfs) {
    return *static_cast<const gathering_vfs::state*>(vfs->pAppData);
}

/// A WAL. The file of the VFS below lies right behind this one, in the memory that SQLite gives.
struct gathering_file {
    sqlite3_file seen{};
    std::string gathered{};
    sqlite3_int64 at = 0;  // where they go
    /// The file once more, to write and sync in one call; -1 where that is not to be had.
    int descriptor = -1;
    /// Whether all that was written before is on the disk, the file's own name included.
    bool is_settled = false;

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
static_assert(sizeof(gathering_file) % 8 == 0, "what lies behind it is aligned as SQLite's own memory is");

gathering_file& self(sqlite3_file* file) { return *reinterpret_cast<gathering_file*>(file); }

/// Hands what was gathered to the VFS below, not synced.
int write_out(gathering_file& wal) {
    constexpr std::size_t piece = 65'536;  // SQLite's own VFS takes less than 128 KiB at a time
    if (wal.gathered.empty()) return SQLITE_OK;
    wal.is_settled = false;
    const auto bytes = std::exchange(wal.gathered, {});
    int outcome = SQLITE_OK;
    for (std::size_t done = 0; done < bytes.size() && outcome == SQLITE_OK; done += piece)
        outcome = wal.below()->pMethods->xWrite(wal.below(), bytes.data() + done,
                                                static_cast<int>(std::min(piece, bytes.size() - done)),
                                                wal.at + static_cast<sqlite3_int64>(done));
    return outcome;
}

/// Writes what was gathered onto the disk, in one call where the kernel takes it in one.
int write_through(gathering_file& wal) {
    std::string_view left = wal.gathered;
    auto to = wal.at;
    int outcome = SQLITE_OK;
    while (!left.empty() && outcome == SQLITE_OK) {
        const iovec piece{const_cast<char*>(left.data()), left.size()};
        const auto written = ::pwritev2(wal.descriptor, &piece, 1, to, RWF_DSYNC);
        if (written > 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
            to += written;
        } else if (written == 0 || errno != EINTR) {
            const bool has_no_room = written < 0 && (errno == ENOSPC || errno == EDQUOT);
            outcome = has_no_room ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
        }
    }
    if (outcome != SQLITE_OK) wal.is_settled = false;
    wal.gathered.clear();
    return outcome;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    auto& wal = self(file);
    const auto bytes = static_cast<std::size_t>(size);
    const auto goes_on = at == wal.at + static_cast<sqlite3_int64>(wal.gathered.size());
    if (!goes_on || wal.gathered.size() + bytes > gathering_vfs::gathered_max)
        if (const int outcome = write_out(wal); outcome != SQLITE_OK) return outcome;
    if (wal.gathered.empty()) wal.at = at;
    wal.gathered.append(static_cast<const char*>(from), bytes);
    return SQLITE_OK;
}

int sync(sqlite3_file* file, int flags) {
    auto& wal = self(file);
    if (wal.is_settled && wal.descriptor >= 0 && !wal.gathered.empty()) return write_through(wal);
    // The first sync of a file is also that of its name in the directory, which is the business of the VFS below.
    if (const int outcome = write_out(wal); outcome != SQLITE_OK) return outcome;
    const int outcome = wal.below()->pMethods->xSync(wal.below(), flags);
    wal.is_settled = outcome == SQLITE_OK;
    return outcome;
}

/// Whether a file takes synced writes is asked by a write of nothing.
int descriptor_of(const char* name) {
    const int opened = ::open(name, O_WRONLY | O_CLOEXEC);
    const iovec nothing{nullptr, 0};
    if (opened >= 0 && ::pwritev2(opened, &nothing, 1, 0, RWF_DSYNC) == 0) return opened;
    if (opened >= 0) ::close(opened);
    return -1;
}

int close(sqlite3_file* file) {
    auto& wal = self(file);
    const int written = write_out(wal);
    const int closed = wal.below()->pMethods->xClose(wal.below());
    if (wal.descriptor >= 0) ::close(wal.descriptor);
    wal.~gathering_file();
    return written == SQLITE_OK ? closed : written;
}

/// A call that is the VFS's below, once it knows what was gathered.
template <auto call>
struct pass_on;
template <class... Arguments, int (*sqlite3_io_methods::*call)(sqlite3_file*, Arguments...)>
struct pass_on<call> {
    static int now(sqlite3_file* file, Arguments... arguments) {
        auto& wal = self(file);
        if (const int outcome = write_out(wal); outcome != SQLITE_OK) return outcome;
        return (wal.below()->pMethods->*call)(wal.below(), arguments...);
    }
};

int sector_size(sqlite3_file* file) { return self(file).below()->pMethods->xSectorSize(self(file).below()); }
int characteristics(sqlite3_file* file) {
    return self(file).below()->pMethods->xDeviceCharacteristics(self(file).below());
}

constexpr sqlite3_io_methods make_methods() {
    sqlite3_io_methods all{};
    all.iVersion = 1;
    all.xClose = close;
    all.xRead = pass_on<&sqlite3_io_methods::xRead>::now;
    all.xWrite = write;
    all.xTruncate = pass_on<&sqlite3_io_methods::xTruncate>::now;
    all.xSync = sync;
    all.xFileSize = pass_on<&sqlite3_io_methods::xFileSize>::now;
    all.xLock = pass_on<&sqlite3_io_methods::xLock>::now;
    all.xUnlock = pass_on<&sqlite3_io_methods::xUnlock>::now;
    all.xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock>::now;
    all.xFileControl = pass_on<&sqlite3_io_methods::xFileControl>::now;
    all.xSectorSize = sector_size;
    all.xDeviceCharacteristics = characteristics;
    return all;
}
constexpr sqlite3_io_methods methods = make_methods();

/// All but a WAL is opened below, and has nothing to do with us from then on.
int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    auto* const below = state_of(vfs).below;
    if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(below, name, file, flags, flags_out);
    auto* made = new (file) gathering_file;
    const int outcome = below->xOpen(below, name, made->below(), flags, flags_out);
    if (made->below()->pMethods == nullptr) {
        made->~gathering_file();
        file->pMethods = nullptr;
        return outcome;
    }
    if (outcome == SQLITE_OK && std::string_view(below->zName) == "unix") made->descriptor = descriptor_of(name);
    file->pMethods = &methods;
    return outcome;
}

/// A call that is the VFS's below.
template <auto call>
struct as_below;
template <class Result, class... Arguments, Result (*sqlite3_vfs::*call)(sqlite3_vfs*, Arguments...)>
struct as_below<call> {
    static Result now(sqlite3_vfs* vfs, Arguments... arguments) {
        auto* const below = state_of(vfs).below;
        return (below->*call)(below, arguments...);
    }
};

template <auto... calls>
void pass_all_on(sqlite3_vfs& own, const sqlite3_vfs& below) {
    ((own.*calls = below.*calls == nullptr ? nullptr : as_below<calls>::now), ...);
}

std::unique_ptr<gathering_vfs::state> laid_over(sqlite3_vfs& below) {
    auto made = std::make_unique<gathering_vfs::state>();
    made->below = &below;
    auto& own = made->own;
    own.iVersion = std::min(below.iVersion, 2);
    own.szOsFile = static_cast<int>(sizeof(gathering_file)) + below.szOsFile;
    own.mxPathname = below.mxPathname;
    own.pAppData = made.get();
    pass_all_on<&sqlite3_vfs::xDelete, &sqlite3_vfs::xAccess, &sqlite3_vfs::xFullPathname, &sqlite3_vfs::xDlOpen,
                &sqlite3_vfs::xDlError, &sqlite3_vfs::xDlSym, &sqlite3_vfs::xDlClose, &sqlite3_vfs::xRandomness,
                &sqlite3_vfs::xSleep, &sqlite3_vfs::xCurrentTime, &sqlite3_vfs::xGetLastError,
                &sqlite3_vfs::xCurrentTimeInt64>(own, below);
    own.xOpen = open;
    return made;
}

struct registry {
    std::mutex mutex;
    std::map<const sqlite3_vfs*, std::weak_ptr<const gathering_vfs>> known;  // by the one below
};

// Never destroyed: stores may be open while the process ends.
registry& layers() {
    static auto* all = new registry;
    return *all;
}

}  // namespace

gathering_vfs::gathering_vfs(std::unique_ptr<state> over)
    : name_(fmt::format("leftfold-over-{}", over->below->zName)), state_(std::move(over)) {
    state_->own.zName = name_.c_str();
    if (sqlite3_vfs_register(&state_->own, 0) != SQLITE_OK)
        throw error(errc::io_error, fmt::format("registering the SQLite VFS \"{}\"", name_));
}

gathering_vfs::~gathering_vfs() { sqlite3_vfs_unregister(&state_->own); }

std::shared_ptr<const gathering_vfs> gathering_vfs::over(std::string_view below) {
    auto& found = find_vfs(below);
    auto& all = layers();
    const std::scoped_lock lock(all.mutex);
    std::erase_if(all.known, [](const auto& each) { return each.second.expired(); });
    auto& known = all.known[&found];
    auto made = known.lock();
    if (!made) {
        made.reset(new gathering_vfs(laid_over(found)));
        known = made;
    }
    return made;
}

}  // namespace leftfold::inline v0::sqlite
