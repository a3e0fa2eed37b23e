#pragma once

#include <filesystem>
#include <mutex>

#include "leftfold/storage/event_store.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// A small database of a store that holds what can be made again: snapshots, checkpoints. Opened on first use, and made
/// then when the store is open for writing. One connection under a mutex, which writes and checkpoints alike.
class kept_database {
public:
    /// What the database holds and how durably it is kept; all is constant SQL. The additions were thought of
    /// later: they are run at each opening for writing, and do nothing where they are there.
    struct recipe {
        const char* name;
        const char* schema;
        const char* additions = "";
        const char* synchronous;
    };

    kept_database(const store_place& place, leftfold::access access, recipe how);

    /// An open database under its lock; not open() when there is none and none may be made.
    class use {
    public:
        use(std::unique_lock<std::mutex> lock, connection& on) : lock_(std::move(lock)), connection_(on) {}
        bool is_there() const { return connection_.is_open(); }
        connection& operator*() const { return connection_; }

    private:
        std::unique_lock<std::mutex> lock_;
        connection& connection_;
    };

    use read();
    /// Throws errc::read_only when the store is open for reading.
    use write();

private:
    void open();

    std::filesystem::path file_;
    connection_options reading_;
    connection_options writing_;
    leftfold::access access_;
    recipe recipe_;
    std::mutex mutex_;
    connection db_;
};

}  // namespace leftfold::inline v0::sqlite
