#pragma once
// What a projection is made of, as the engine sees it: parts that keep rows, and the side that they stand on.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/cells.hpp"
#include "leftfold/storage/moment.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

class projection_base;

namespace detail {

class row_lanes;
class row_recorder;
class row_writers;

[[noreturn]] void fail_cut_unknown(recorded_at when);

using cell_binder = function_ref<void(cell_writer&)>;
/// Looks at one row. Returns false to stop.
using cell_visitor = function_ref<bool(cell_reader&)>;

/// A statement by which a table writes what it held in memory, prepared for many rows.
class row_statement {
public:
    virtual ~row_statement() = default;
    virtual void run(cell_binder bind) = 0;
};

/// The database as an instance of a projection sees it. The engine has two instances of each projection: one on the
/// write side, which folds events, and one on the read side, which is what engine.add() returns.
class model_side {
public:
    virtual ~model_side() = default;

    /// Whether this is the side that folds events. It belongs to one thread; the read side to any number.
    virtual bool writes() const = 0;
    /// Runs a query. On the read side it sees what is committed.
    virtual void select(const std::string& sql, cell_binder bind, cell_visitor row) = 0;
    /// Runs a statement of the user's that changes rows, after settle(). Write side only: the other throws
    /// errc::read_only.
    virtual void execute(const std::string& sql, cell_binder bind) = 0;
    /// Prepares a statement by which a table writes what it held in memory. It settles nothing, and is to be gone
    /// before the next one of the user's runs. Write side only.
    virtual std::unique_ptr<row_statement> writer(const std::string& sql) = 0;
    /// Puts what tables hold in memory where SQL sees it. Does nothing on the read side.
    virtual void settle() = 0;
    /// Waits until the rows hold every event recorded at or before `when`. Throws errc::behind. Costs a look in memory
    /// where they do.
    virtual void await(recorded_at when) = 0;
    /// The same for a moment, which is to be one of the store's. Also throws errc::other_history.
    virtual void await(const moment& then) = 0;
    /// Returns the cut of a time that was waited for. Throws errc::unsupported where nobody knows it.
    virtual cut cut_of(recorded_at when);
    /// Throws errc::incomplete when an event recorded at or before `when` is parked.
    virtual void check_complete(recorded_at when) = 0;
    /// Returns the first time of which the rows can be told: where the projection began.
    virtual recorded_at since() { return recorded_at::min(); }
    /// Returns the time of the last event of a cut. Throws errc::invalid_argument unless it is the cut of a time.
    virtual recorded_at time_of(const cut& where) = 0;
};

/// Takes what a table changed, in order of its keys.
class table_flush {
public:
    virtual ~table_flush() = default;
    virtual void put(const void* row, std::int64_t valid_from, std::uint32_t writer) = 0;
    virtual void erase(const void* key) = 0;
    /// Keeps a version that was true in [from, to).
    virtual void keep(const void* row, std::int64_t from, std::int64_t to, std::uint32_t writer) = 0;
};

/// A part of a projection that has its place in the database. Made as a member of the projection, and registered with
/// it by its constructor.
class model_part {
public:
    model_part(projection_base& owner, std::string name);
    model_part(const model_part&) = delete;
    model_part& operator=(const model_part&) = delete;

    const std::string& name() const { return name_; }
    model_side& side() const;
    /// Who writes rows; null unless the projection parks keys.
    row_writers* writers() const { return writers_; }
    /// Which partition a row belongs to; null unless the projection folds per partition.
    row_lanes* lanes() const { return lanes_; }
    /// Who is told each change; null unless somebody follows them (change_tap).
    row_recorder* recorder() const { return recorder_; }
    void tell(row_recorder* of_changes) { recorder_ = of_changes; }

    /// An object of the database: its kind and name, and the SQL that makes it.
    struct object {
        std::string kind;  ///< "table", "view" or "index"
        std::string name;
        std::string sql;
    };
    /// Returns what has to be made for this part, in order.
    virtual std::vector<object> objects() const = 0;
    /// Returns what else decides whether rows written earlier are still right: another text, or other objects, and they
    /// are made anew.
    virtual std::string shape() const { return name_; }
    /// Returns indices that change no answer, and so are no part of the shape: they are made for rows that are there
    /// already, and dropped once they are no longer returned.
    virtual std::vector<object> reading_indices() const { return {}; }

    // Called on the write side, before a batch of events is folded. What is looked up ahead changes no answer.

    /// Whether the key of an event's stream says which row the event touches.
    virtual bool is_keyed_by_stream() const { return false; }
    /// Wants the row of that stream.
    virtual void prefetch_stream(const std::string&) {}
    /// Looks up all rows that are wanted.
    virtual void fetch() {}

    // Called on the write side, in the course of an event. The defaults are for parts that hold nothing in memory.

    /// Throws when something that the event changed cannot be kept.
    virtual void check_event() {}
    virtual void end_event(recorded_at) {}
    virtual void roll_back() {}
    /// Writes what waits in memory, as it was before the event under way.
    virtual void flush(model_side&) {}
    /// Writes what the event under way changed by now.
    virtual void show_event(model_side&) {}
    /// How many rows wait, and how many are held.
    virtual std::size_t pending() const { return 0; }
    virtual std::size_t held() const { return 0; }
    /// Forgets what is held, also what waits.
    virtual void forget() {}

    /// Whether its rows remember the stream that wrote them, in a projection that parks keys.
    virtual bool remembers_writers() const { return false; }
    /// Deletes what a stream wrote, history included.
    virtual void erase_written_by(model_side&, std::string_view) {}

protected:
    ~model_part() = default;

private:
    projection_base& owner_;
    std::string name_;
    row_writers* writers_;
    row_lanes* lanes_;
    row_recorder* recorder_ = nullptr;
};

}  // namespace detail
}  // namespace leftfold::inline v0
