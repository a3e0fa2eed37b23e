#pragma once

#include <optional>
#include <string>

#include "leftfold/projections/model_part.hpp"
#include "reader_pool.hpp"

namespace leftfold::inline v0::detail {

/// The database as a lane sees it that folds beside others: it looks up rows through a connection of its own, which
/// only reads, and writes none. What it changed stays in memory until the model writes the rows of all lanes through
/// the one connection that may.
class lane_side final : public model_side {
public:
    explicit lane_side(const model_place& place) : place_(place) {}

    /// Everything that is looked up between the two is of one committed state.
    void begin();
    void end() noexcept;
    /// Whether the database failed a look-up in between, which is no fault of the event.
    bool is_broken() const { return broken_; }

    bool writes() const override { return true; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    std::unique_ptr<row_statement> writer(const std::string& sql) override;
    void settle() override;
    void await(recorded_at when) override;
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override;
    void check_complete(recorded_at) override {}

private:
    void open_reader();

    model_place place_;
    std::optional<reader_pool::reader> reader_;  // made when a row is first looked up
    bool reads_ = false;                         // a read transaction is wanted
    bool in_transaction_ = false;
    bool broken_ = false;
};

}  // namespace leftfold::inline v0::detail
