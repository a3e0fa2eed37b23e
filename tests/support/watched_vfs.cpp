#include "support/watched_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

namespace leftfold::test_support {

struct watched_vfs::state {
    listener told;
    sqlite3_vfs own{};
    sqlite3_vfs* platform = nullptr;
};

namespace {

// The platform's own file lies right behind this one in the memory that SQLite gives.
struct watched_file {
    sqlite3_file base;
    const watched_vfs::state* vfs;
    const char* name;

    sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

watched_file& self(sqlite3_file* file) { return *reinterpret_cast<watched_file*>(file); }
sqlite3_file* inner(sqlite3_file* file) { return self(file).inner(); }

void tell(sqlite3_file* file, file_step step) {
    const auto& of = self(file);
    if (of.name != nullptr) of.vfs->told(step, of.name);
}

int close(sqlite3_file* file) { return inner(file)->pMethods->xClose(inner(file)); }
int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
    return inner(file)->pMethods->xRead(inner(file), to, bytes, at);
}
int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    tell(file, file_step::write);
    return inner(file)->pMethods->xWrite(inner(file), from, bytes, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) { return inner(file)->pMethods->xTruncate(inner(file), size); }
int sync(sqlite3_file* file, int flags) {
    tell(file, file_step::sync);
    return inner(file)->pMethods->xSync(inner(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) { return inner(file)->pMethods->xFileSize(inner(file), size); }
int lock(sqlite3_file* file, int level) { return inner(file)->pMethods->xLock(inner(file), level); }
int unlock(sqlite3_file* file, int level) { return inner(file)->pMethods->xUnlock(inner(file), level); }
int check_lock(sqlite3_file* file, int* held) { return inner(file)->pMethods->xCheckReservedLock(inner(file), held); }
int control(sqlite3_file* file, int what, void* with) {
    return inner(file)->pMethods->xFileControl(inner(file), what, with);
}
int sector_size(sqlite3_file* file) { return inner(file)->pMethods->xSectorSize(inner(file)); }
int characteristics(sqlite3_file* file) { return inner(file)->pMethods->xDeviceCharacteristics(inner(file)); }
int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** to) {
    return inner(file)->pMethods->xShmMap(inner(file), region, bytes, extend, to);
}
// Of the locks in shared memory the first is the writer's and the second the checkpoint's.
int shm_lock(sqlite3_file* file, int first, int count, int flags) {
    const int outcome = inner(file)->pMethods->xShmLock(inner(file), first, count, flags);
    if (outcome != SQLITE_OK || count != 1 || first > 1 || (flags & SQLITE_SHM_EXCLUSIVE) == 0) return outcome;
    const auto takes = (flags & SQLITE_SHM_LOCK) != 0;
    if (first == 0)
        tell(file, takes ? file_step::hold_write_lock : file_step::release_write_lock);
    else
        tell(file, takes ? file_step::hold_checkpoint_lock : file_step::release_checkpoint_lock);
    return outcome;
}
void shm_barrier(sqlite3_file* file) { inner(file)->pMethods->xShmBarrier(inner(file)); }
int shm_unmap(sqlite3_file* file, int removes) { return inner(file)->pMethods->xShmUnmap(inner(file), removes); }

constexpr sqlite3_io_methods methods = {
    2,         close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,    nullptr,
};

sqlite3_vfs* platform(sqlite3_vfs* vfs) { return static_cast<watched_vfs::state*>(vfs->pAppData)->platform; }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    auto* made = new (file) watched_file{{nullptr}, static_cast<watched_vfs::state*>(vfs->pAppData), name};
    const int outcome = platform(vfs)->xOpen(platform(vfs), name, made->inner(), flags, flags_out);
    if (made->inner()->pMethods != nullptr) file->pMethods = &methods;
    return outcome;
}

int remove(sqlite3_vfs* vfs, const char* name, int syncs) { return platform(vfs)->xDelete(platform(vfs), name, syncs); }
int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    return platform(vfs)->xAccess(platform(vfs), name, flags, result);
}
int full_pathname(sqlite3_vfs* vfs, const char* name, int room, char* to) {
    return platform(vfs)->xFullPathname(platform(vfs), name, room, to);
}

}  // namespace

watched_vfs::watched_vfs(listener told) : state_(new state{std::move(told), {}, sqlite3_vfs_find(nullptr)}) {
    // Time, chance and the like are the platform's: its functions do not look at the VFS that they are given.
    state_->own = *state_->platform;
    state_->own.pNext = nullptr;
    state_->own.iVersion = std::min(state_->platform->iVersion, 2);
    state_->own.szOsFile = static_cast<int>(sizeof(watched_file)) + state_->platform->szOsFile;
    state_->own.zName = "unix-watched";  // a name of the platform's family: lock files and pages are in use
    state_->own.pAppData = state_.get();
    state_->own.xOpen = open;
    state_->own.xDelete = remove;
    state_->own.xAccess = access;
    state_->own.xFullPathname = full_pathname;
    if (sqlite3_vfs_register(&state_->own, 1) != SQLITE_OK) throw std::runtime_error("cannot register a watched VFS");
}

watched_vfs::~watched_vfs() {
    sqlite3_vfs_unregister(&state_->own);
    sqlite3_vfs_register(state_->platform, 1);
}

}  // namespace leftfold::test_support
