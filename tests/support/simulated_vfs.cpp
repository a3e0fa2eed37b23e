#include <poll.h>
#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <new>
#include <stdexcept>

#include "support/simulated_file.hpp"

namespace leftfold::test_support {

namespace {

using namespace simulated;

// As the system's own VFS: any call but a write says of a full disk what it says of a failing one. A sync that found no
// space (blocks may be allocated that late) must not pass for a write that was never made.
int code(disk_outcome outcome, int io_error) {
    if (outcome == disk_outcome::done) return SQLITE_OK;
    return outcome == disk_outcome::no_space && io_error == SQLITE_IOERR_WRITE ? SQLITE_FULL : io_error;
}

int close(sqlite3_file* base) {
    auto& file = self(base);
    shm_unmap(base, 0);
    unlock(base, SQLITE_LOCK_NONE);
    if (file.checkpoints) {
        const std::scoped_lock lock(file.vfs->mutex);
        --file.locks->checkpointers;
    }
    if (file.deletes_on_close && !file.is_temporary) file.vfs->disk.remove(file.name);
    file.~open_file();
    return SQLITE_OK;
}

int read(sqlite3_file* base, void* target, int bytes, sqlite3_int64 offset) {
    auto& file = self(base);
    const std::span<char> span(static_cast<char*>(target), static_cast<std::size_t>(bytes));
    const auto result = file.vfs->disk.read(*file.file, static_cast<std::uint64_t>(offset), span);
    if (result.outcome != disk_outcome::done) return SQLITE_IOERR_READ;
    if (result.bytes == span.size()) return SQLITE_OK;
    std::memset(span.data() + result.bytes, 0, span.size() - result.bytes);
    return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* base, const void* bytes, int count, sqlite3_int64 offset) {
    auto& file = self(base);
    const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
    return code(file.vfs->disk.write(*file.file, static_cast<std::uint64_t>(offset), view), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* base, sqlite3_int64 size) {
    auto& file = self(base);
    return code(file.vfs->disk.truncate(*file.file, static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync(sqlite3_file* base, int) {
    auto& file = self(base);
    if (file.is_temporary) return SQLITE_OK;
    if (const int failed = code(file.vfs->disk.sync(*file.file), SQLITE_IOERR_FSYNC)) return failed;
    if (!file.syncs_directory) return SQLITE_OK;
    // The system's own VFS ignores a directory that cannot be synced only when it cannot be opened.
    if (const int failed = code(file.vfs->disk.sync_directory(), SQLITE_IOERR_DIR_FSYNC)) return failed;
    file.syncs_directory = false;
    return SQLITE_OK;
}

int file_size(sqlite3_file* base, sqlite3_int64* size) {
    auto& file = self(base);
    *size = static_cast<sqlite3_int64>(file.vfs->disk.size(*file.file));
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Nothing is ever mapped.
int fetch(sqlite3_file*, sqlite3_int64, int, void** target) {
    *target = nullptr;
    return SQLITE_OK;
}

// A checkpoint lets go of mapped pages when it has read the header of a WAL that has changed: the one call between that
// and its look at how much is copied.
int unfetch(sqlite3_file* base, sqlite3_int64, void*) {
    if (self(base).shm_exclusive[checkpoint_lock]) report(self(base), checkpoint_moment::has_read_header);
    return SQLITE_OK;
}

constexpr sqlite3_io_methods io_methods = {
    3,
    close,
    read,
    write,
    truncate,
    sync,
    file_size,
    lock,
    unlock,
    check_reserved_lock,
    file_control,
    sector_size,
    device_characteristics,
    shm_map,
    shm_lock,
    shm_barrier,
    shm_unmap,
    fetch,
    unfetch,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* flags_out) {
    auto& state = self(vfs);
    base->pMethods = nullptr;
    std::shared_ptr<disk_file> file;
    const auto is_temporary = name == nullptr;
    if (is_temporary) {
        file = std::make_shared<disk_file>();
    } else if (flags & SQLITE_OPEN_CREATE) {
        file = state.disk.open(name);
    } else if (file = state.disk.find(name); file) {
        file = state.disk.open(name);
    }
    if (!file) return SQLITE_CANTOPEN;
    const std::scoped_lock guard(state.mutex);
    auto& known = state.shared[is_temporary ? 0 : file->inode];
    auto locks = known.lock();
    if (!locks || is_temporary) known = locks = std::make_shared<shared_file>();
    const auto is_new_journal = (flags & SQLITE_OPEN_CREATE) &&
                                (flags & (SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
    new (base) open_file{.base = {&io_methods},
                         .vfs = &state,
                         .file = std::move(file),
                         .locks = std::move(locks),
                         .name = is_temporary ? "" : name,
                         .level = SQLITE_LOCK_NONE,
                         .syncs_directory = is_new_journal != 0,
                         .is_temporary = is_temporary,
                         .deletes_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0,
                         .maps_shm = false,
                         .checkpoints = false,
                         .shm_shared = {},
                         .shm_exclusive = {}};
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    auto& disk = self(vfs).disk;
    if (!disk.find(name)) return SQLITE_IOERR_DELETE_NOENT;
    if (const int failed = code(disk.remove(name), SQLITE_IOERR_DELETE)) return failed;
    return sync_directory ? code(disk.sync_directory(), SQLITE_IOERR_DIR_FSYNC) : SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    const auto& disk = self(vfs).disk;
    const auto file = disk.find(name);
    // An empty file does not "exist" for the system's own VFS either: hot journals are what this question is about.
    *result = file && (flags != SQLITE_ACCESS_EXISTS || disk.size(*file) > 0);
    return SQLITE_OK;
}

int full_pathname(sqlite3_vfs*, const char* name, int room, char* target) {
    sqlite3_snprintf(room, target, name[0] == '/' ? "%s" : "/%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int bytes, char* target) {
    auto& state = self(vfs);
    const std::scoped_lock guard(state.mutex);
    for (int i = 0; i < bytes; ++i) target[i] = static_cast<char>(state.random() & 0xFFU);
    return bytes;
}

int sleep(sqlite3_vfs* vfs, int microseconds) {
    if (const auto& instead = self(vfs).options.sleep)
        instead(std::chrono::microseconds{microseconds});
    else
        ::poll(nullptr, 0, (microseconds + 999) / 1'000);
    return microseconds;
}

int current_time(sqlite3_vfs* vfs, sqlite3_int64* julian_milliseconds) {
    constexpr sqlite3_int64 unix_epoch = 210866760000000;  // in milliseconds of the Julian day
    *julian_milliseconds = unix_epoch + self(vfs).options.now().count() / 1000;
    return SQLITE_OK;
}

int current_time_in_days(sqlite3_vfs* vfs, double* days) {
    sqlite3_int64 milliseconds = 0;
    current_time(vfs, &milliseconds);
    *days = static_cast<double>(milliseconds) / 86400000.0;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

std::string fresh_name() {
    static std::atomic<unsigned> made{0};
    return "simulated-" + std::to_string(++made);
}

}  // namespace

simulated_vfs::simulated_vfs(simulated_disk& disk, simulated_vfs_options options)
    : name_(fresh_name()), state_(new state{disk, std::move(options), {}, {}, {}, 0}), vfs_(new sqlite3_vfs{}) {
    state_->random.seed(state_->options.seed);
    vfs_->iVersion = 2;
    vfs_->szOsFile = sizeof(open_file);
    vfs_->mxPathname = 512;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = state_.get();
    vfs_->xOpen = open;
    vfs_->xDelete = remove;
    vfs_->xAccess = access;
    vfs_->xFullPathname = full_pathname;
    vfs_->xRandomness = randomness;
    vfs_->xSleep = sleep;
    vfs_->xCurrentTime = current_time_in_days;
    vfs_->xCurrentTimeInt64 = current_time;
    vfs_->xGetLastError = last_error;
    const auto is_default = state_->options.as == simulated_vfs_options::role::platform;
    if (sqlite3_vfs_register(vfs_.get(), is_default ? 1 : 0) != SQLITE_OK)
        throw std::runtime_error("cannot register a simulated VFS");
    // SQLite has one generator a process, which makes the salts of every WAL; this starts it afresh.
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(state_->options.seed), nullptr);
}

int simulated_vfs::rival_checkpointers() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->rival_checkpointers;
}

simulated_vfs::~simulated_vfs() {
    sqlite3_vfs_unregister(vfs_.get());
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr);
}

}  // namespace leftfold::test_support
