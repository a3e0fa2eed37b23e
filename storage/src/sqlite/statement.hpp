#pragma once

#include <cstdint>
#include <string_view>

struct sqlite3_stmt;

namespace leftfold::inline v0::sqlite {

class connection;

/// A prepared statement: constant SQL, with every value bound.
///
/// Bound text and blobs are borrowed: they must live until the statement has been stepped to its end or reset. Columns
/// count from 0, parameters from 1, as SQLite has them. Views of columns end with the next step, reset or close.
class statement {
public:
    /// Prepares nothing; only to be assigned to.
    statement() = default;
    statement(connection& on, std::string_view sql);
    ~statement();
    statement(statement&& other) noexcept;
    statement& operator=(statement&& other) noexcept;

    bool is_prepared() const { return handle_ != nullptr; }

    statement& bind(int parameter, std::int64_t value);
    statement& bind_real(int parameter, double value);
    statement& bind_text(int parameter, std::string_view value);
    statement& bind_blob(int parameter, std::string_view value);
    statement& bind_null(int parameter);

    /// Steps to the next row; false when there is none left. A statement at its end is reset, and fit for its next run.
    bool step();

    /// Runs a statement that returns no row, and makes it fit for its next run.
    void run();

    /// Ends the run. Bound values stay.
    void reset() noexcept;

    std::int64_t number(int column) const;
    double real(int column) const;
    bool is_null(int column) const;

    /// The bytes of a text or blob column. Reading a column that lies behind a large one makes SQLite pass over it.
    std::string_view text(int column) const;
    std::string_view blob(int column) const;

    /// Whether the column holds text, as opposed to a blob, a number or nothing.
    bool is_text(int column) const;

    sqlite3_stmt* handle() const { return handle_; }

private:
    [[noreturn]] void fail_here(std::string_view doing) const;

    sqlite3_stmt* handle_ = nullptr;
};

/// Prepares a statement that is kept the first time that it is needed, and returns it.
statement& prepare_once(statement& kept, connection& on, std::string_view sql);

/// Resets a statement at the end of a scope, so that a reader that stops early holds no snapshot of the database.
class reset_at_end {
public:
    explicit reset_at_end(statement& of) : statement_(of) {}
    ~reset_at_end() { statement_.reset(); }
    reset_at_end(const reset_at_end&) = delete;
    reset_at_end& operator=(const reset_at_end&) = delete;

private:
    statement& statement_;
};

}  // namespace leftfold::inline v0::sqlite
