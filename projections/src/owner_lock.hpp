#pragma once

#include <filesystem>

namespace leftfold::inline v0::detail {

/// The right to write to a read-model database, held as long as this lives: the file `<database>.lock` beside it.
///
/// An open file description lock, so a second owner in the same process is refused too, and the kernel frees it when
/// the process ends, however it ends.
class owner_lock {
public:
    /// Takes the lock, or throws errc::locked with the owner's process id.
    explicit owner_lock(const std::filesystem::path& database);
    ~owner_lock();
    owner_lock(const owner_lock&) = delete;
    owner_lock& operator=(const owner_lock&) = delete;

    /// Returns whether somebody owns the database, in this process or in another.
    static bool is_held(const std::filesystem::path& database);

private:
    int file_ = -1;
};

}  // namespace leftfold::inline v0::detail
