#pragma once

#include <functional>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/storage/event_store.hpp"
#include "reader_pool.hpp"

namespace leftfold::inline v0::detail {

/// The side of the database that the engine's handle stands on: committed rows, from any thread.
class read_side final : public model_side {
public:
    /// Waits until the model holds every event of a cut, or throws errc::behind.
    using wait_until = std::function<void(const cut& where, recorded_at when)>;

    read_side(std::filesystem::path database, std::shared_ptr<store_core> store, wait_until waits)
        : pool_(std::move(database)), store_(std::move(store)), wait_(std::move(waits)) {}

    bool writes() const override { return false; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    void write(const std::string& sql, cell_binder bind) override { execute(sql, bind); }
    void settle() override {}
    cut await(recorded_at when) override;
    recorded_at time_of(const cut& where) override;

private:
    reader_pool pool_;
    event_store store_;
    wait_until wait_;
};

}  // namespace leftfold::inline v0::detail
