#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"
#include "reader_pool.hpp"

namespace leftfold::inline v0::detail {

/// The side that the handle of an inline projection stands on: committed rows, each partition's from its own database.
/// A query for one key looks into the partition of that key; ordered rows are merged; counts are added by the table.
/// Safe from any thread.
class united_side final : public model_side {
public:
    united_side(event_store& store, const projection_base& of);

    bool writes() const override { return false; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    std::unique_ptr<row_statement> writer(const std::string& sql) override;
    void settle() override {}
    void await(recorded_at when) override;
    cut cut_of(recorded_at when) override { return store_.cut_at(when); }
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override;
    void check_complete(recorded_at) override {}

private:
    enum class kind { one, ordered, count };
    /// What a query of a table wants of the partitions.
    struct plan {
        kind what = kind::count;
        std::size_t key = 0;               ///< of ordered rows: the column that they are ordered by
        std::size_t limit_before_end = 0;  ///< the limit is so many parameters before the last
    };

    void plan_queries(const projection_base& of);
    void select_in(std::size_t partition, const std::string& sql, cell_binder bind, cell_visitor row);
    void select_merged(const plan& by, std::size_t limit, const std::string& sql, cell_binder bind, cell_visitor row);

    event_store store_;
    std::vector<std::unique_ptr<reader_pool>> partitions_;
    std::unordered_map<std::string, plan> plans_;
};

}  // namespace leftfold::inline v0::detail
