#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "support/simulated_disk.hpp"

struct sqlite3_vfs;

namespace leftfold::test_support {

/// The moments of a checkpoint at which another process is likely to come between.
enum class checkpoint_moment {
    begins,           ///< it holds the WAL's checkpoint lock, and has looked at nothing yet
    has_read_header,  ///< it knows how long the WAL is, but not yet how much of it is copied. Reported when the WAL has
                      ///< changed since that connection looked at it last
};

/// What the engine asks of its surroundings besides files. All of it is deterministic.
struct simulated_vfs_options {
    /// The time of day, for the engine's own functions (SQL's `now`).
    std::function<std::chrono::microseconds()> now = [] { return std::chrono::microseconds{0}; };

    /// Called in place of sleeping, when a connection waits for a lock. Empty: sleeps in fact, which only connections
    /// on several threads have reason to.
    std::function<void(std::chrono::microseconds)> sleep = {};

    /// Whether connections that name no VFS get this one, too.
    enum class role { by_name, platform };
    role as = role::by_name;

    /// Called at the moments of a checkpoint of a WAL, on the thread that checkpoints. May use the same VFS through
    /// other connections: what another process could do just then.
    std::function<void(std::string_view file, checkpoint_moment)> on_checkpoint = {};

    /// Seed of the engine's random numbers, of which SQLite has one generator a process: the VFS made last sets it.
    std::uint64_t seed = 1;
};

/// Runs the real SQLite engine over a simulated disk, under a VFS name of its own.
///
/// Locks and shared memory work between all connections of this process that use the same disk. A connection that is
/// still open when its disk is imagined after a power cut goes on working on its own disk. The VFS is known to SQLite
/// from construction to destruction; close all its connections first. One thread or many.
class simulated_vfs {
public:
    explicit simulated_vfs(simulated_disk& disk, simulated_vfs_options options = {});
    ~simulated_vfs();
    simulated_vfs(const simulated_vfs&) = delete;
    simulated_vfs& operator=(const simulated_vfs&) = delete;

    /// The name to open databases with.
    const std::string& name() const { return name_; }

    /// How many open files of one database have checkpointed its WAL, at the worst moment of the worst database.
    int rival_checkpointers() const;

    struct state;

private:
    std::string name_;
    std::unique_ptr<state> state_;
    std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace leftfold::test_support
