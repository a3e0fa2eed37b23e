#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace leftfold::inline v0::sqlite {

class statement;

/// What a connection may do.
enum class file_access {
    read_only,   ///< SQLITE_OPEN_READONLY: can neither write nor checkpoint, nor delete the WAL when it is the last to
                 ///< close
    read_write,  ///< the file must exist
    create,      ///< the file is made when there is none
    memory,      ///< a private database in memory; the path is only its name in errors
    immutable,   ///< read only, on media that nobody can write: no locks, no WAL; never on a store that may be in use
};

/// How a database file is opened.
struct connection_options {
    file_access mode = file_access::read_only;

    /// The name of a registered VFS; empty means the system's own.
    std::string vfs = {};

    /// How long a call waits for a lock before it fails with errc::locked.
    std::chrono::milliseconds busy_wait = std::chrono::seconds{5};

    /// The most memory for cached pages, in KiB.
    std::int64_t cache_kib = 2'048;
};

/// An open SQLite database.
///
/// For one thread at a time: SQLite's own mutexes are off. Every failure throws leftfold::error, with SQLite's extended
/// code in the text. The path is a path and never a URI, whatever its first letters (SQLite is built with URIs on by
/// some distributions). Movable; statements must be gone before their connection closes.
class connection {
public:
    /// Opens nothing; only to be assigned to.
    connection() = default;

    explicit connection(const std::filesystem::path& file, const connection_options& options = {});
    ~connection();
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;

    bool is_open() const { return handle_ != nullptr; }

    /// Runs constant SQL that returns no rows we care about; several statements may be divided by semicolons.
    void execute(const char* sql);

    /// Runs constant SQL and returns the first column of its first row, as a number or as text; no row reads as 0 or
    /// "".
    std::int64_t query_number(const char* sql);
    std::string query_text(const char* sql);

    /// How many rows the last statement changed.
    std::int64_t changes() const;

    /// Whether a transaction is open.
    bool in_transaction() const;

    sqlite3* handle() const { return handle_; }
    const std::filesystem::path& file() const { return file_; }

    /// Closes the database now. Does nothing the second time, and only forgets it in a child of fork(2), where closing
    /// would delete the WAL under the parent.
    void close() noexcept;

private:
    friend class transaction;

    /// What begins and ends transactions; each is prepared once.
    enum class verb { begin, begin_immediate, commit, rollback };
    bool has_run(verb which);
    void run(verb which, const char* doing);

    sqlite3* handle_ = nullptr;
    int generation_ = 0;  // the process that opened it
    std::filesystem::path file_;
    std::array<sqlite3_stmt*, 4> verbs_{};
};

/// An open transaction; rolled back unless committed.
class transaction {
public:
    enum class kind {
        deferred,   ///< takes no lock before the first statement: for a consistent read
        immediate,  ///< takes the write lock at once
    };

    explicit transaction(connection& on, kind how = kind::immediate);
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    /// Commits. When this throws, the outcome of the commit is unknown, unless the code is errc::locked.
    void commit();

private:
    connection* connection_;
};

/// What one checkpoint did, in frames of the WAL.
struct checkpoint_result {
    std::int64_t in_wal = 0;
    std::int64_t copied = 0;

    bool complete() const { return in_wal == copied; }
};

enum class checkpoint_mode { passive, restart, truncate };

/// Copies the WAL into the database as far as readers allow; a busy reader is not an error.
checkpoint_result checkpoint_wal(connection& on, checkpoint_mode mode);

}  // namespace leftfold::inline v0::sqlite
