#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace leftfold::test_support {

/// What SQLite is about to do to a file of the platform's.
enum class file_step {
    write,
    sync,
    hold_write_lock,       ///< it has taken a WAL's write lock: a transaction begins
    release_write_lock,    ///< and here it ends
    hold_checkpoint_lock,  ///< it has taken a WAL's checkpoint lock
    release_checkpoint_lock,
};

/// Tells somebody of each step that SQLite takes on the platform's files, before the step is taken (locks: after). All
/// else is the platform's own VFS, with its locks and its shared memory.
///
/// Connections that name no VFS get this one from construction to destruction; close them before. Called on the thread
/// that takes the step, which may well not come back from it.
class watched_vfs {
public:
    using listener = std::function<void(file_step, std::string_view file)>;

    explicit watched_vfs(listener told);
    ~watched_vfs();
    watched_vfs(const watched_vfs&) = delete;
    watched_vfs& operator=(const watched_vfs&) = delete;

    struct state;

private:
    std::unique_ptr<state> state_;
};

}  // namespace leftfold::test_support
