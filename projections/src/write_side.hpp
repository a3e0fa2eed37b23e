#pragma once

#include "leftfold/projections/projection_base.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// The side of the database that a folding projection stands on. Belongs to the engine's thread for that database.
///
/// Most events change rows in memory alone. SQL inside `on` opens the transaction early: what earlier events left in
/// memory is written, then a savepoint is set, so that the event can be taken back, then what the event itself changed.
class write_side final : public model_side {
public:
    write_side(model_database& on, projection_base& of) : database_(on), projection_(of) {}

    bool writes() const override { return true; }
    void select(const std::string& sql, cell_binder bind, cell_visitor row) override;
    void execute(const std::string& sql, cell_binder bind) override;
    std::unique_ptr<row_statement> writer(const std::string& sql) override;
    void settle() override;
    void await(recorded_at when) override;
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override;
    void check_complete(recorded_at) override {}

    void event_ended();
    void event_failed();

    /// Opens the transaction, if none is open, and writes all that waits in memory. Between events.
    void flush();

    /// Whether memory and transaction may have parted, since a write failed midway; or the file failed a look-up, which
    /// is no fault of the event. Then everything since the checkpoint is to be folded again by a new instance.
    bool is_broken() const { return broken_; }

    /// Whether the transaction holds something that is not committed.
    bool has_written() const { return written_; }
    void transaction_ended() { written_ = false; }

private:
    model_database& database_;
    projection_base& projection_;
    bool in_event_ = false;  // the savepoint is set
    bool broken_ = false;
    bool written_ = false;
};

}  // namespace leftfold::inline v0::detail
