#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>

#include "fold_place.hpp"
#include "lane.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"
#include "model_database.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

using make_projection = std::function<std::unique_ptr<projection_base>()>;

/// One projection at work: asks its lane what to do, and does one thing a step. step() belongs to one thread at a time;
/// board() and look() to any.
class model {
public:
    /// `database` is empty for a model in memory.
    model(std::shared_ptr<store_core> store, make_projection make, projection_options options,
          std::shared_ptr<model_database> database, std::shared_ptr<model_signals> signals);

    /// Takes up the work where the checkpoint says, or, when that belongs to another history or another shape of the
    /// projection, drops the rows and begins anew.
    void open();

    /// Does the next thing, and says what it was. Never throws for what an event or the database did.
    lane::action step();

    /// Writes a checkpoint that is only ahead in memory. For the end of the work.
    void save_progress() noexcept;

    const std::string& name() const { return name_; }
    std::int64_t due_us() const { return lane_.due_us(); }
    void hurry() { lane_.hurry(); }
    bool covers(const cut& where) const { return lane_.durable().covers(where); }

    /// Where it stands, for whoever asks or waits.
    const model_board& board() const { return board_; }
    /// Gives a model in memory to somebody who looks at it, while nobody folds.
    void look(function_ref<void(const projection_base&)> visit) const;

private:
    void renew();
    event_filter filter() const;
    void fold(const cut& up_to, recorded_at closed);
    bool fold_one(const event_view& event);
    void flush();
    void end_transaction();
    void write_flush();
    bool has_pending() const;
    void trim();
    stored_model checkpoint() { return place_.checkpoint(store_, shape_); }
    void fail(std::optional<position> where, const char* why);
    void publish(const cut& closed, lane::action did);
    void warn(const std::string& text) const;
    void point(std::string_view step) const;
    std::int64_t now_us() const { return store_.world().clock->elapsed_us(); }

    event_store store_;
    make_projection make_;
    projection_options options_;
    std::shared_ptr<model_database> database_;
    std::shared_ptr<model_signals> signals_;

    std::unique_ptr<projection_base> instance_;
    std::unique_ptr<write_side> side_;
    std::string name_;
    std::string shape_;
    event_filter filter_;
    lane lane_;
    bool renew_ = false;    // the instance is not to be trusted: begin again from the checkpoint
    bool unsaved_ = false;  // the lane is ahead of the stored checkpoint, by events that changed nothing

    // While folding
    fold_place place_;
    std::size_t folded_ = 0;
    std::optional<position> failed_at_;

    mutable std::shared_mutex instance_mutex_;  // for models in memory
    model_board board_;
};

}  // namespace leftfold::inline v0::detail
