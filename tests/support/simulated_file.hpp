#pragma once
// What the parts of the simulated VFS share; nothing else includes this.

#include <sqlite3.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/simulated_vfs.hpp"

namespace leftfold::test_support {

namespace simulated {

// The locks and the shared memory of one file, seen by all its handles.
struct shared_file {
    int shared = 0;
    const void* reserved = nullptr;
    const void* exclusive = nullptr;  // holds PENDING or EXCLUSIVE

    int checkpointers = 0;  // of the open handles
    int shm_users = 0;
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<int, SQLITE_SHM_NLOCK> shm_shared{};
    std::array<const void*, SQLITE_SHM_NLOCK> shm_exclusive{};
};

}  // namespace simulated

struct simulated_vfs::state {
    simulated_disk& disk;
    simulated_vfs_options options;
    std::mutex mutex;
    std::map<std::uint64_t, std::weak_ptr<simulated::shared_file>> shared;
    std::mt19937_64 random;
    int rival_checkpointers = 0;
};

namespace simulated {

struct open_file {
    sqlite3_file base;
    simulated_vfs::state* vfs;
    std::shared_ptr<disk_file> file;
    std::shared_ptr<shared_file> locks;
    std::string name;
    int level;
    bool syncs_directory;  // at its next sync, as a new journal or WAL does
    bool is_temporary;
    bool deletes_on_close;
    bool maps_shm;
    bool checkpoints;  // has done so once
    std::array<bool, SQLITE_SHM_NLOCK> shm_shared;
    std::array<bool, SQLITE_SHM_NLOCK> shm_exclusive;
};

inline open_file& self(sqlite3_file* file) { return *reinterpret_cast<open_file*>(file); }
inline simulated_vfs::state& self(sqlite3_vfs* vfs) { return *static_cast<simulated_vfs::state*>(vfs->pAppData); }

// The locks of a file and those in shared memory: what SQLite calls of one connection, decided among all of them.
int lock(sqlite3_file* base, int level);
int unlock(sqlite3_file* base, int level);
int check_reserved_lock(sqlite3_file* base, int* held);
int shm_map(sqlite3_file* base, int region, int bytes, int extend, void volatile** target);
int shm_lock(sqlite3_file* base, int first, int count, int flags);
void shm_barrier(sqlite3_file* base);
int shm_unmap(sqlite3_file* base, int removes);

// The second of the locks in shared memory is the checkpoint's. Recovery takes it too, in one call with the third.
constexpr int checkpoint_lock = 1;

inline void report(const open_file& file, checkpoint_moment moment) {
    if (const auto& report_to = file.vfs->options.on_checkpoint) report_to(file.name, moment);
}

}  // namespace simulated

}  // namespace leftfold::test_support
