#include "sqlite/store_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>

#include "leftfold/storage/error.hpp"
#include "sqlite/doorbell.hpp"
#include "sqlite/fork_descriptors.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

[[noreturn]] void fail_with_errno(const std::filesystem::path& file) {
    const int code = errno;
    const auto why = code == EACCES || code == EROFS || code == EPERM ? errc::read_only
                     : code == ENOENT                                 ? errc::not_found
                     : code == ENOSPC                                 ? errc::disk_full
                                                                      : errc::io_error;
    throw error(why, fmt::format("locking {}: {}", file.string(), std::generic_category().message(code)));
}

// The bytes of the file that are locked. Whoever seals takes the second before the first, so that those who find the
// first taken can tell for how long.
enum class lock_byte : off_t { owning = 0, sealing = 1 };

struct flock range_of(lock_byte which, short kind) {
    struct flock range {};
    range.l_type = kind;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(which);
    range.l_len = 1;
    return range;
}

/// Returns false when somebody else has it.
bool try_lock(int descriptor, lock_byte which, const std::filesystem::path& file) {
    auto range = range_of(which, F_WRLCK);
    if (::fcntl(descriptor, F_OFD_SETLK, &range) == 0) return true;
    if (errno != EAGAIN && errno != EACCES) fail_with_errno(file);
    return false;
}

void unlock(int descriptor, lock_byte which) {
    auto range = range_of(which, F_UNLCK);
    static_cast<void>(::fcntl(descriptor, F_OFD_SETLK, &range));
}

/// Whether somebody else has it.
bool is_taken(int descriptor, lock_byte which) {
    auto range = range_of(which, F_RDLCK);
    return ::fcntl(descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

// Whoever lets go of a lock in order rings after that; the file of one that is killed is closed before the lock is
// gone, so this often one looks again.
constexpr std::chrono::milliseconds kill_is_silent{20};

std::string owner_of(int descriptor) {
    std::array<char, 32> text{};
    const auto bytes = ::pread(descriptor, text.data(), text.size() - 1, 0);
    if (bytes <= 0) return "another process or handle";
    const std::string pid(text.data(), std::strcspn(text.data(), "\n"));
    const auto* const where =
        pid == std::to_string(::getpid()) ? ", this one: a handle, repository or engine holds it" : "";
    return fmt::format("process {}{}", pid, where);
}

struct other_locks {
    std::mutex mutex;
    std::set<std::string> held;
};

other_locks& locks_elsewhere() {
    static other_locks all;
    return all;
}

std::string name_elsewhere(std::string_view vfs, const std::filesystem::path& directory) {
    return fmt::format("{}:{}", vfs, directory.string());
}

}  // namespace

store_lock::store_lock(std::string_view vfs, const std::filesystem::path& directory, purpose why) {
    if (!is_platform_vfs(vfs)) {
        auto& others = locks_elsewhere();
        const std::scoped_lock lock(others.mutex);
        elsewhere_ = name_elsewhere(vfs, directory);
        if (others.held.insert(elsewhere_).second) return;
        throw error(errc::locked, fmt::format("opening {}: another handle has it open", directory.string()));
    }
    const auto file = directory / "lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail_with_errno(file);
    try {
        take(directory, file, why);
    } catch (const error&) {
        ::close(descriptor_);
        throw;
    }
    close_in_children(descriptor_);
    const auto pid = fmt::format("{}\n", ::getpid());
    // For people only: a lock without a name in it is a lock all the same.
    if (::ftruncate(descriptor_, 0) == 0) static_cast<void>(!::pwrite(descriptor_, pid.data(), pid.size(), 0));
}

void store_lock::take(const std::filesystem::path& directory, const std::filesystem::path& file, purpose why) {
    const auto deadline = std::chrono::steady_clock::now() + sealing_max;
    std::optional<doorbell> release;
    for (;;) {
        if (release) static_cast<void>(release->look());  // before the attempt: a release after it is heard
        const auto may_try = why == purpose::owning || try_lock(descriptor_, lock_byte::sealing, file);
        if (may_try && try_lock(descriptor_, lock_byte::owning, file)) return;
        const auto is_sealed_now = !may_try || is_taken(descriptor_, lock_byte::sealing);
        if (may_try && why == purpose::sealing) unlock(descriptor_, lock_byte::sealing);
        if (!is_sealed_now || std::chrono::steady_clock::now() >= deadline)
            throw error(errc::locked, fmt::format("opening {} for writing: it is owned by {}", directory.string(),
                                                  owner_of(descriptor_)));
        if (release)
            release->wait(kill_is_silent);
        else
            release.emplace(file, doorbell::role::reader);
    }
}

store_lock::~store_lock() {
    if (descriptor_ >= 0) {
        keep_in_children(descriptor_);
        unlock(descriptor_, lock_byte::owning);  // before the close, which rings for whoever waits
        unlock(descriptor_, lock_byte::sealing);
        ::close(descriptor_);
        return;
    }
    auto& others = locks_elsewhere();
    const std::scoped_lock lock(others.mutex);
    others.held.erase(elsewhere_);
}

bool store_lock::is_held(std::string_view vfs, const std::filesystem::path& directory) {
    if (!is_platform_vfs(vfs)) {
        auto& others = locks_elsewhere();
        const std::scoped_lock lock(others.mutex);
        return others.held.contains(name_elsewhere(vfs, directory));
    }
    const int descriptor = ::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const auto held = is_taken(descriptor, lock_byte::owning);
    ::close(descriptor);
    return held;
}

}  // namespace leftfold::inline v0::sqlite
