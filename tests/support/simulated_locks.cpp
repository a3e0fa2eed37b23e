#include <algorithm>

#include "support/simulated_file.hpp"

namespace leftfold::test_support::simulated {

int shm_unmap(sqlite3_file* base, int) {
    auto& file = self(base);
    const std::scoped_lock lock(file.vfs->mutex);
    if (!file.maps_shm) return SQLITE_OK;
    for (std::size_t i = 0; i < SQLITE_SHM_NLOCK; ++i) {
        if (file.shm_shared[i]) --file.locks->shm_shared[i];
        if (file.shm_exclusive[i]) file.locks->shm_exclusive[i] = nullptr;
    }
    file.shm_shared.fill(false);
    file.shm_exclusive.fill(false);
    file.maps_shm = false;
    if (--file.locks->shm_users == 0) file.locks->regions.clear();
    return SQLITE_OK;
}

int unlock(sqlite3_file* base, int level) {
    auto& file = self(base);
    const std::scoped_lock lock(file.vfs->mutex);
    if (file.level <= level) return SQLITE_OK;
    if (file.locks->reserved == base) file.locks->reserved = nullptr;
    if (file.locks->exclusive == base) file.locks->exclusive = nullptr;
    if (level == SQLITE_LOCK_NONE) --file.locks->shared;
    file.level = level;
    return SQLITE_OK;
}

int lock(sqlite3_file* base, int level) {
    auto& file = self(base);
    auto& locks = *file.locks;
    const std::scoped_lock guard(file.vfs->mutex);
    if (file.level >= level) return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED) {
        if (locks.exclusive) return SQLITE_BUSY;
        ++locks.shared;
    } else if (level == SQLITE_LOCK_RESERVED) {
        if (locks.reserved || locks.exclusive) return SQLITE_BUSY;
        locks.reserved = base;
    } else {
        if ((locks.reserved && locks.reserved != base) || (locks.exclusive && locks.exclusive != base))
            return SQLITE_BUSY;
        locks.exclusive = base;
        if (locks.shared > 1) {
            file.level = SQLITE_LOCK_PENDING;
            return SQLITE_BUSY;
        }
    }
    file.level = level;
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* base, int* held) {
    auto& file = self(base);
    const std::scoped_lock guard(file.vfs->mutex);
    *held = file.locks->reserved != nullptr || file.locks->exclusive != nullptr;
    return SQLITE_OK;
}

int shm_map(sqlite3_file* base, int region, int bytes, int extend, void volatile** target) {
    auto& file = self(base);
    const std::scoped_lock guard(file.vfs->mutex);
    if (!file.maps_shm) {
        file.maps_shm = true;
        ++file.locks->shm_users;
    }
    auto& regions = file.locks->regions;
    const auto wanted = static_cast<std::size_t>(region) + 1;
    *target = nullptr;
    if (regions.size() < wanted && !extend) return SQLITE_OK;
    while (regions.size() < wanted) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    *target = regions[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
}

namespace {

void note_checkpointer(open_file& file) {
    const std::scoped_lock guard(file.vfs->mutex);
    if (file.checkpoints) return;
    file.checkpoints = true;
    file.vfs->rival_checkpointers = std::max(file.vfs->rival_checkpointers, ++file.locks->checkpointers);
}

int take_shm_lock(sqlite3_file* base, int first, int count, int flags) {
    auto& file = self(base);
    auto& locks = *file.locks;
    const std::scoped_lock guard(file.vfs->mutex);
    const auto begin = static_cast<std::size_t>(first);
    const auto end = static_cast<std::size_t>(first + count);
    if (flags & SQLITE_SHM_UNLOCK) {
        for (auto i = begin; i < end; ++i) {
            if (file.shm_shared[i]) --locks.shm_shared[i];
            if (file.shm_exclusive[i]) locks.shm_exclusive[i] = nullptr;
            file.shm_shared[i] = file.shm_exclusive[i] = false;
        }
        return SQLITE_OK;
    }
    for (auto i = begin; i < end; ++i) {
        if (locks.shm_exclusive[i] && locks.shm_exclusive[i] != base) return SQLITE_BUSY;
        const auto others = locks.shm_shared[i] - (file.shm_shared[i] ? 1 : 0);
        if ((flags & SQLITE_SHM_EXCLUSIVE) && others > 0) return SQLITE_BUSY;
    }
    for (auto i = begin; i < end; ++i) {
        if (flags & SQLITE_SHM_EXCLUSIVE) {
            locks.shm_exclusive[i] = base;
            file.shm_exclusive[i] = true;
        } else if (!file.shm_shared[i]) {
            ++locks.shm_shared[i];
            file.shm_shared[i] = true;
        }
    }
    return SQLITE_OK;
}

}  // namespace

int shm_lock(sqlite3_file* base, int first, int count, int flags) {
    const int outcome = take_shm_lock(base, first, count, flags);
    const auto is_checkpoint = first == checkpoint_lock && count == 1 && (flags & SQLITE_SHM_LOCK) != 0;
    if (!is_checkpoint || outcome != SQLITE_OK) return outcome;
    note_checkpointer(self(base));
    report(self(base), checkpoint_moment::begins);
    return outcome;
}

void shm_barrier(sqlite3_file* base) {
    const std::scoped_lock guard(self(base).vfs->mutex);  // what the system's own VFS does, too
}

}  // namespace leftfold::test_support::simulated
