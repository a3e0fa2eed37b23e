#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace leftfold::inline v0::sqlite {

/// The right to write to a store, held as long as this lives: the file `lock` in its directory.
///
/// An open-file-description lock: it dies with the process, whatever kills it, and a second open in the same process is
/// refused like one from another. It is closed in children of fork(2) at once, so that they do not carry it on. The
/// file holds its owner's process id, for people. On a VFS that is not the platform's, only this process is guarded
/// against.
class store_lock {
public:
    enum class purpose {
        owning,   ///< until the store is closed
        sealing,  ///< for the few milliseconds that it takes to seal a store that nobody owns
    };

    /// Takes the lock or throws errc::locked, with the owner's process id. Whoever seals is waited for, at most
    /// `sealing_max`: an application that starts just then is not to be refused.
    store_lock(std::string_view vfs, const std::filesystem::path& directory, purpose why = purpose::owning);
    ~store_lock();
    store_lock(const store_lock&) = delete;
    store_lock& operator=(const store_lock&) = delete;

    /// Whether somebody holds the lock of that store now.
    static bool is_held(std::string_view vfs, const std::filesystem::path& directory);

    static constexpr std::chrono::seconds sealing_max{5};

private:
    void take(const std::filesystem::path& directory, const std::filesystem::path& file, purpose why);

    int descriptor_ = -1;
    std::string elsewhere_;  // on another VFS: what was registered
};

}  // namespace leftfold::inline v0::sqlite
