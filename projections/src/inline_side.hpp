#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "leftfold/projections/projection_base.hpp"
#include "row_guard.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// The side of a partition's database that an inline projection stands on, for as long as one append, or one part of
/// catching up, takes. Opens no transaction and no savepoint: the partition's log has both, and takes everything back
/// when one event fails. For one thread at a time.
class inline_side final : public model_side, public row_guard {
public:
    explicit inline_side(const projection_base& of) : projection_(of) {}

    /// While it lives, the side has a connection. At its end no statement is left.
    class visit {
    public:
        visit(inline_side& side, sqlite::connection& on) : side_(side) { side_.on_ = &on; }
        ~visit() {
            side_.statements_.clear();
            side_.on_ = nullptr;
        }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

    private:
        inline_side& side_;
    };

    /// Whose event comes next: rows have to be of that routing key.
    void begin_event(const event_view& event);
    /// Writes what the event changed.
    void flush();
    sqlite::statement& prepared(const std::string& sql);
    sqlite::connection& connection() { return *on_; }

    bool writes() const override { return true; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    std::unique_ptr<row_statement> writer(const std::string& sql) override;
    void settle() override;
    void await(recorded_at when) override;
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override;
    void check_complete(recorded_at) override {}
    void check(std::string_view table, std::string_view key) override;

private:
    const projection_base& projection_;
    sqlite::connection* on_ = nullptr;
    std::unordered_map<std::string, sqlite::statement> statements_;
    std::string stream_;
    std::string routing_;
};

}  // namespace leftfold::inline v0::detail
