#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/projections/parked.hpp"
#include "row_source.hpp"

namespace leftfold::inline v0::detail {

/// The side of the database that a read handle stands on: committed rows, from any thread.
class read_side final : public model_side {
public:
    read_side(std::unique_ptr<row_source> rows, std::string projection)
        : rows_(std::move(rows)), projection_(std::move(projection)) {}

    bool writes() const override { return false; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    std::unique_ptr<row_statement> writer(const std::string& sql) override;
    void settle() override {}
    void await(recorded_at when) override { rows_->await(when); }
    cut cut_of(recorded_at when) override { return rows_->cut_of(when); }
    void await(const moment& then) override { rows_->await(then); }
    recorded_at time_of(const cut& where) override { return rows_->time_of(where); }
    recorded_at since() override { return rows_->since(); }
    void check_complete(recorded_at when) override;

    /// Returns the streams that are parked, as committed.
    std::vector<parked_key> parked();
    /// Returns where the events of a parked stream stand, in order.
    std::vector<position> waiting(const stream_id& stream);

private:
    std::unique_ptr<row_source> rows_;
    std::string projection_;
};

}  // namespace leftfold::inline v0::detail
