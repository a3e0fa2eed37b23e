#include "sqlite/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "fork_guard.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/failure.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

// `file:x?mode=memory` is a URI where SQLite is built with URIs on; `./file:x?mode=memory` never is.
std::string plain_name(const std::filesystem::path& file) {
    return file.is_absolute() ? file.string() : (std::filesystem::path(".") / file).string();
}

// The one URI that is ours: every byte of the path that means something in a URI is written as %XX.
std::string immutable_name(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char letter : std::filesystem::absolute(file).string()) {
        const auto byte = static_cast<unsigned char>(letter);
        const auto is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9') || byte == '/' || byte == '.' || byte == '-' || byte == '_';
        if (is_plain)
            uri.push_back(letter);
        else
            uri += fmt::format("%{:02X}", byte);
    }
    return uri + "?immutable=1";
}

int flags_of(file_access mode) {
    switch (mode) {
        case file_access::read_only:
            return SQLITE_OPEN_READONLY;
        case file_access::read_write:
            return SQLITE_OPEN_READWRITE;
        case file_access::create:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        case file_access::memory:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
        case file_access::immutable:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    }
    return SQLITE_OPEN_READONLY;
}

/// SQLite says the same of a file that is not there and of one that cannot be opened, so the VFS is asked which it was.
errc open_failure(int code, const connection_options& options, const std::filesystem::path& file) {
    if ((code & 0xFF) != SQLITE_CANTOPEN) return classify(code);
    if (options.mode == file_access::create) return errc::io_error;
    try {
        return file_exists(options.vfs, file) ? errc::io_error : errc::not_found;
    } catch (const error&) {
        return errc::io_error;
    }
}

}  // namespace

connection::connection(const std::filesystem::path& file, const connection_options& options)
    : generation_(fork_generation()), file_(file) {
    const auto name = options.mode == file_access::immutable ? immutable_name(file) : plain_name(file);
    const auto* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
    const int flags = flags_of(options.mode) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    if (const int code = sqlite3_open_v2(name.c_str(), &handle_, flags, vfs); code != SQLITE_OK) {
        const auto why = open_failure(code, options, file);
        const auto text = fmt::format("opening {}: SQLite says \"{}\" ({})", file.string(), sqlite3_errstr(code), code);
        close();
        throw error(why, text);
    }
    sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_wait.count()));
    // A database may come from anywhere: its schema must not be able to call functions with side effects, and SQL in
    // double quotes is never a string.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    const auto cache = fmt::format("PRAGMA cache_size=-{}", options.cache_kib);  // pragmas take no bound values
    try {
        execute(cache.c_str());
    } catch (...) {
        close();
        throw;
    }
}

connection::~connection() { close(); }

connection::connection(connection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      generation_(other.generation_),
      file_(std::move(other.file_)),
      verbs_(std::exchange(other.verbs_, {})) {}

connection& connection::operator=(connection&& other) noexcept {
    if (this == &other) return *this;
    close();
    handle_ = std::exchange(other.handle_, nullptr);
    generation_ = other.generation_;
    file_ = std::move(other.file_);
    verbs_ = std::exchange(other.verbs_, {});
    return *this;
}

void connection::close() noexcept {
    auto* const handle = std::exchange(handle_, nullptr);
    const auto verbs = std::exchange(verbs_, {});
    if (handle == nullptr || generation_ != fork_generation()) return;
    for (auto* const each : verbs) sqlite3_finalize(each);
    sqlite3_close_v2(handle);
}

bool connection::has_run(verb which) {
    static constexpr std::array<const char*, 4> texts{"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
    const auto at = static_cast<std::size_t>(which);
    auto*& prepared = verbs_[at];
    if (prepared == nullptr &&
        sqlite3_prepare_v3(handle_, texts[at], -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK)
        return false;
    sqlite3_step(prepared);
    return sqlite3_reset(prepared) == SQLITE_OK;  // says again what the step said
}

void connection::run(verb which, const char* doing) {
    if (!has_run(which)) fail(handle_, fmt::format("{} on {}", doing, file_.string()));
}

void connection::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_, fmt::format("running \"{}\" on {}", sql, file_.string()));
}

std::int64_t connection::query_number(const char* sql) {
    statement query(*this, sql);
    return query.step() ? query.number(0) : 0;
}

std::string connection::query_text(const char* sql) {
    statement query(*this, sql);
    return query.step() ? std::string(query.text(0)) : std::string();
}

std::int64_t connection::changes() const { return sqlite3_changes64(handle_); }

bool connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

transaction::transaction(connection& on, kind how) : connection_(&on) {
    on.run(how == kind::immediate ? connection::verb::begin_immediate : connection::verb::begin,
           "beginning a transaction");
}

transaction::~transaction() {
    if (connection_ == nullptr || !connection_->in_transaction()) return;
    // A rollback that fails leaves the transaction to the connection's end, which rolls back too.
    static_cast<void>(connection_->has_run(connection::verb::rollback));
}

void transaction::commit() {
    connection_->run(connection::verb::commit, "committing");
    connection_ = nullptr;
}

checkpoint_result checkpoint_wal(connection& on, checkpoint_mode mode) {
    const int native = mode == checkpoint_mode::passive   ? SQLITE_CHECKPOINT_PASSIVE
                       : mode == checkpoint_mode::restart ? SQLITE_CHECKPOINT_RESTART
                                                          : SQLITE_CHECKPOINT_TRUNCATE;
    int in_wal = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(on.handle(), "main", native, &in_wal, &copied);
    if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY)
        fail(on.handle(), fmt::format("checkpointing {}", on.file().string()));
    return {in_wal, copied};
}

}  // namespace leftfold::inline v0::sqlite
