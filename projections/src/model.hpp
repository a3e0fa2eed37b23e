#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>

#include "change_taps.hpp"
#include "decisions.hpp"
#include "decoder_pool.hpp"
#include "fold_place.hpp"
#include "fold_rate.hpp"
#include "generation_shelf.hpp"
#include "lane.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"
#include "model_database.hpp"
#include "parked_queue.hpp"
#include "partition_lanes.hpp"
#include "row_healing.hpp"
#include "served_rows.hpp"
#include "standing_order.hpp"
#include "start_place.hpp"
#include "worker.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

/// One projection at work: asks its lane what to do, and does one thing a step. step() belongs to one thread at a time;
/// board() and look() to any.
class model final : public worker {
public:
    /// `database` is empty for a model in memory.
    model(std::shared_ptr<store_core> store, make_projection make, projection_options options,
          std::shared_ptr<model_database> database, std::shared_ptr<model_signals> signals);

    /// Takes up the work where the checkpoint says. Without one, begins where the options say; when it belongs to
    /// another history, drops the rows and begins anew where they once began; when it belongs to another shape of the
    /// projection, does what the options say.
    void open();

    /// Does the next thing, and says what it was. Never throws for what an event or the database did.
    lane::action step() override;

    void broke_off(const std::exception& failed) override;

    /// Writes a checkpoint that is only ahead in memory. For the end of the work.
    void save_progress() noexcept;

    const std::string& name() const override { return name_; }
    const char* kind() const override { return "projection"; }
    /// When there is something to do again that no event announces.
    std::int64_t due_us(std::int64_t now) const override;
    void hurry() { lane_.hurry(); }
    bool covers(const cut& where) const { return is_live_ && lane_.durable().covers(where); }

    /// Where it stands, for whoever asks or waits.
    const model_board& board() const { return board_; }
    /// Where its rows are, for whoever reads them.
    const served_rows& rows() const { return rows_; }
    model_board& board() override { return board_; }
    /// Gives a model in memory to somebody who looks at it, while nobody folds.
    void look(function_ref<void(const projection_base&)> visit) const;

    // Parked streams, for the thread that steps
    bool retry_is_due() const;
    /// Tries to fold a parked stream now. Returns whether it has rejoined. Throws errc::not_found.
    bool retry_parked(const std::string& stream);
    /// Decides that its failed event is passed over for ever, then tries the rest. Throws errc::not_found, and
    /// errc::invalid_argument for a stream that waits for another one.
    bool discard_parked(const std::string& stream);

    // Orders
    void pause(const std::string& by) override;
    void resume(const std::string& by) override;
    void drain(cut until, const std::string& by) override;
    void stop_working(const std::string& by) override;
    /// Drops the rows and folds anew from there.
    void seek(const start_at& where, const std::string& by) override;

    // Followers, for the thread that steps

    /// From now on, a tap gets the changes of a table.
    std::shared_ptr<tap_queue> follow(const std::string& table, rows_copier copy, change_tap_options options);
    /// Rows have become others by no new event, so whoever follows them cannot.
    void rows_were_replaced(const std::string& why) { taps_.end(errc::stale_model, why); }

    // Healing: the first from any thread, the second for the thread that steps
    std::unique_ptr<row_healing> prepare_healing(std::string_view table, std::string key,
                                                 verify_projection_options options) const;
    projection_report heal_row(row_healing& by);

    // A new generation of a model that goes on meanwhile: docs/rebuilding.md. All but advance_to() of the builder are
    // for the thread that steps the live model.

    /// Names a generation, makes it, and returns the model that builds it. Throws errc::already_exists when one is
    /// being built.
    std::unique_ptr<model> begin_generation();
    /// Folds everything up to a cut, and nothing beyond it, and writes it. For a builder, on any thread that has it
    /// alone. Throws errc::projection_stopped for what cannot be folded, or when the engine is to stop.
    void advance_to(const cut& where);
    /// Brings a builder to where this one stands. Both then hold the same events.
    void bring_here(model& builder) const;
    /// Brings a builder to where this one stands, and goes on with its rows: they are the live ones from now on. Throws
    /// what keeps them from it; then nothing has changed.
    void go_on_with(model& builder);
    /// Drops what a builder has built.
    void drop_generation(std::unique_ptr<model> builder);
    /// Brings the rows that are kept to where this one stands, and goes on with them.
    void roll_back();

    const std::filesystem::path& rows_file() const { return database_->file(); }
    const cut& reached() const { return lane_.durable(); }
    /// Which generation it builds.
    std::int64_t generation() const { return board_.status().generation; }
    const projection_base& instance() const { return *instance_; }

private:
    void take_up();
    void check_not_building(std::string_view doing) const;
    void build_beside(const std::string& why);
    bool go_on_building(std::int64_t number);
    void make_rows(const start_place& start, std::int64_t generation);
    void complete_generation(const cut& seen);
    void see_to_swap(const cut& closed, lane::action did);
    void end_building();
    void go_on_in(std::shared_ptr<model_database> rows);
    void drop_previous();
    void drop_building();
    void begin_to_build(model_board& told);
    void tell_progress(const cut& all);
    void find_start_of_rows();
    void match_indices();
    void begin_anew(const std::optional<stored_model>& earlier, const std::string& why);
    void begin_at(const start_place& start, const std::string& why);
    void tell_of_start(const start_place& found) const;
    void tell_of_renewal(const start_place& start, const std::string& why);
    void load_order();
    void seek_as_kept();
    void obey(standing_order order);
    void end_drain();
    void give_back_memory();
    projection_state state(const cut& closed) const;
    lane::action step_towards(const cut& closed, recorded_at closed_time);
    void renew();
    void fold_or_park(const event_batch& batch, std::size_t i);
    void load_parked();
    void schedule_retry();
    void retry_queue();
    bool refold_parked(const std::string& stream);
    void save_parked();
    void check_parked(const std::string& stream);
    void check_order() const;
    void fold(const cut& up_to, recorded_at closed);
    void fold_in_lanes(const cut& up_to, recorded_at closed);
    bool fold_one(const event_batch& batch, std::size_t i);
    void flush(std::int64_t began_us);
    void end_transaction();
    void tell_taps();
    void publish_changes();
    void look_for_untold(const cut& stored);
    void write_flush();
    bool makes_way() const;
    bool has_pending() const;
    void trim();
    void forget_rows();
    stored_model checkpoint() { return place_.checkpoint(store_, shape_); }
    void fail(std::optional<position> where, const char* why);
    void publish(const cut& closed, lane::action did);
    void warn(const std::string& text) const;
    void point(std::string_view step) const;
    std::int64_t now_us() const { return store_.world().clock->elapsed_us(); }

    event_store store_;
    make_projection make_;
    projection_options options_;
    std::shared_ptr<model_database> home_;      // the database of the options
    std::shared_ptr<model_database> database_;  // where its rows are: home_, or the file of a generation
    std::shared_ptr<model_signals> signals_;
    std::optional<generation_shelf> shelf_;  // of the one that the engine has, not of builders
    bool is_live_ = true;                    // readers read what it folds
    bool has_builder_ = false;               // another model builds a generation of it
    model_board* told_ = &board_;            // where it says how far it has built
    std::int64_t building_since_us_ = 0;
    cut built_before_;  // when it began to build, or took that up again

    std::unique_ptr<projection_base> instance_;
    std::unique_ptr<write_side> side_;
    decoder_pool decoders_;
    std::unique_ptr<partition_lanes> lanes_;  // of one that folds per partition, whose instance_ then holds no rows
    std::string name_;
    std::string shape_;
    event_filter filter_;
    lane lane_;
    bool renew_ = false;    // the instance is not to be trusted: begin again from the checkpoint
    bool unsaved_ = false;  // the lane is ahead of the stored checkpoint, by events that changed nothing

    standing_order order_;
    fold_rate rate_;
    std::size_t failures_ = 0;
    std::size_t restarts_ = 0;
    std::string last_failure_;

    // Of a projection that parks keys
    std::unique_ptr<parked_queue> parked_;
    std::set<event_id> discarded_;
    int tries_ = 0;
    std::int64_t retry_due_us_ = 0;

    // While folding
    start_place start_;
    fold_place place_;
    std::size_t folded_ = 0;
    std::optional<position> failed_at_;

    change_taps taps_;  // of the model that the engine has, not of builders

    mutable std::shared_mutex instance_mutex_;  // for models in memory
    served_rows rows_;
    model_board board_;
};

}  // namespace leftfold::inline v0::detail
