#pragma once

#include <optional>
#include <utility>

#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"
#include "row_source.hpp"

namespace leftfold::inline v0::detail {

/// The rows of a model that was folded on demand: a database in memory that does not change any more.
class live_rows final : public row_source {
public:
    /// What was folded, and of which times it tells.
    struct span {
        recorded_at since;
        recorded_at through;
        cut at;
    };
    live_rows(event_store& store, const model_place& place, span of)
        : place_(place), pool_(place), store_(store.core()), of_(std::move(of)) {}

    void read(function_ref<void(reader_pool::reader&)> with) override;
    void await(recorded_at when) override;
    cut cut_of(recorded_at when) override { return store_.cut_at(when); }
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override { return time_of_cut(store_, where); }
    recorded_at since() override { return of_.since; }
    bool parks() const override { return false; }

    const span& of() const { return of_; }
    const model_place& place() const { return place_; }
    event_store& store() { return store_; }

private:
    void check_folded(const cut& where, recorded_at when) const;

    model_place place_;
    reader_pool pool_;
    event_store store_;
    span of_;
};

}  // namespace leftfold::inline v0::detail
