#include "sqlite/statement.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "leftfold/storage/assert.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/failure.hpp"

namespace leftfold::inline v0::sqlite {

statement::statement(connection& on, std::string_view sql) {
    const int code = sqlite3_prepare_v3(on.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) fail(on.handle(), fmt::format("preparing \"{}\" on {}", sql, on.file().string()));
}

statement& prepare_once(statement& kept, connection& on, std::string_view sql) {
    if (!kept.is_prepared()) kept = {on, sql};
    return kept;
}

statement::~statement() { sqlite3_finalize(handle_); }

statement::statement(statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

statement& statement::operator=(statement&& other) noexcept {
    if (this == &other) return *this;
    sqlite3_finalize(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
}

// A value that cannot be bound is a wrong parameter number or a statement still running: ours to mend, not the data's.
statement& statement::bind(int parameter, std::int64_t value) {
    LEFTFOLD_ASSERT(sqlite3_bind_int64(handle_, parameter, value) == SQLITE_OK);
    return *this;
}

statement& statement::bind_real(int parameter, double value) {
    LEFTFOLD_ASSERT(sqlite3_bind_double(handle_, parameter, value) == SQLITE_OK);
    return *this;
}

statement& statement::bind_text(int parameter, std::string_view value) {
    const int code = sqlite3_bind_text64(handle_, parameter, value.empty() ? "" : value.data(), value.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) fail_here("binding text");
    return *this;
}

statement& statement::bind_blob(int parameter, std::string_view value) {
    const int code =
        sqlite3_bind_blob64(handle_, parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) fail_here("binding a blob");
    return *this;
}

statement& statement::bind_null(int parameter) {
    LEFTFOLD_ASSERT(sqlite3_bind_null(handle_, parameter) == SQLITE_OK);
    return *this;
}

bool statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) {
        // The error must be read before the reset, and the reset must come before anybody else uses the connection.
        auto* connection = sqlite3_db_handle(handle_);
        const auto doing =
            fmt::format("running \"{}\" on {}", sqlite3_sql(handle_), sqlite3_db_filename(connection, "main"));
        const auto why = classify(sqlite3_extended_errcode(connection));
        const auto text = fmt::format("{}: SQLite says \"{}\" ({})", doing, sqlite3_errmsg(connection),
                                      sqlite3_extended_errcode(connection));
        sqlite3_reset(handle_);
        throw error(why, text);
    }
    sqlite3_reset(handle_);
    return false;
}

void statement::run() {
    while (step()) {
    }
}

void statement::reset() noexcept { sqlite3_reset(handle_); }

std::int64_t statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

double statement::real(int column) const { return sqlite3_column_double(handle_, column); }

bool statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::string_view statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::string_view statement::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

bool statement::is_text(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_TEXT; }

void statement::fail_here(std::string_view doing) const {
    fail(sqlite3_db_handle(handle_), fmt::format("{} for \"{}\"", doing, sqlite3_sql(handle_)));
}

}  // namespace leftfold::inline v0::sqlite
