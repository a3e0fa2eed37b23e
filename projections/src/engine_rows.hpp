#pragma once

#include <chrono>
#include <memory>

#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"
#include "row_source.hpp"
#include "served_rows.hpp"

namespace leftfold::inline v0::detail {

/// The rows of a model whose engine runs in this process.
class engine_rows final : public row_source {
public:
    engine_rows(const served_rows& live, std::shared_ptr<store_core> store, const model_board& board,
                std::chrono::milliseconds as_of_wait)
        : live_(live), store_(std::move(store)), board_(board), as_of_wait_(as_of_wait) {}

    void read(function_ref<void(reader_pool::reader&)> with) override;
    void await(recorded_at when) override;
    cut cut_of(recorded_at when) override { return store_.cut_at(when); }
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override { return time_of_cut(store_, where); }
    recorded_at since() override { return board_.since(); }
    bool parks() const override { return board_.parks(); }

private:
    const served_rows& live_;
    event_store store_;
    const model_board& board_;
    std::chrono::milliseconds as_of_wait_;
};

}  // namespace leftfold::inline v0::detail
