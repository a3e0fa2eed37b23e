#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/parked.hpp"
#include "leftfold/projections/row_writers.hpp"
#include "leftfold/storage/event.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// The streams of one model that are set aside, the events that wait, and which streams share rows: in memory, and in
/// three tables of the model's database that change in the transaction of its rows (docs/read_models.md).
///
/// So it is derived: after a power cut it stands where the rows stand, and the same events are parked again. Belongs to
/// the thread that folds.
class parked_queue {
public:
    parked_queue(std::string projection, std::size_t streams_max)
        : projection_(std::move(projection)), streams_max_(streams_max) {}

    /// Takes what the database has, and forgets what was not written.
    void load(model_database& from);
    /// Writes what changed since the last time, and which streams met. In the transaction of the rows.
    void write(model_database& to, row_writers& writers);
    bool is_pending(const row_writers& writers) const;

    bool is_empty() const { return entries_.empty(); }
    /// Whether any stream is or was parked here: false only when the database says nothing of parked streams either,
    /// whatever became of the last transaction.
    bool was_used() const { return used_; }
    std::size_t size() const { return entries_.size(); }
    std::vector<std::string> streams() const;
    bool contains(const std::string& stream) const { return entries_.contains(stream); }

    /// Whether the event belongs to a parked stream; then it is added to those that wait.
    bool takes(const event_view& event);

    /// Parks the event's stream, and every stream that shares rows with it, from this event on. Returns false, and
    /// parks nothing, when that would be more streams than the projection may park.
    bool park(model_database& in, const row_writers& writers, const event_view& event, const std::string& why);

    /// What streams that are not parked found missing since something is.
    std::vector<row_writers::absence> absences(model_database& in) const;

    /// The streams that share rows with one of these, directly or by others, these included.
    std::set<std::string> together(model_database& in, const row_writers& writers, std::set<std::string> streams);

    /// A retry of these failed at an event of one of them.
    void failed_again(const std::set<std::string>& streams, const std::string& at_stream, const event_view& event,
                      const std::string& why);
    /// These are folded again: they wait no more.
    void rejoin(const std::set<std::string>& streams);

    /// The event that has to be folded before the stream can rejoin.
    position failed_event(const std::string& stream) const { return entries_.at(stream).failed; }

private:
    struct entry {
        std::int64_t since = 0;
        position failed{};
        std::string type{};
        std::string why{};
        int attempts = 0;
        bool changed = true;
    };
    struct waiting_event {
        std::string stream;
        std::int64_t recorded;
        position at;
    };

    std::string projection_;
    std::size_t streams_max_;
    bool used_ = false;
    std::map<std::string, entry> entries_;
    // Not written yet:
    std::vector<waiting_event> waiting_;
    std::set<std::string> rejoined_;
    std::vector<row_writers::meeting> met_;
};

/// Reads the parked streams of a model on any connection to its database.
std::vector<parked_key> read_parked(sqlite::statement& select, std::string_view projection);
extern const char* const select_parked;

}  // namespace leftfold::inline v0::detail
