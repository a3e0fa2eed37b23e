#include "leftfold/projections/fold_live.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "chosen_events.hpp"
#include "live_rows.hpp"
#include "projection_access.hpp"
#include "read_side.hpp"
#include "scratch_fold.hpp"
#include "sql_session.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Rows go to the database early: they are in memory in any case, and there they are counted.
constexpr flush_options bounds{.rows = 20'000, .cached_rows = 50'000};

void bound_memory(sqlite::connection& on, std::size_t bytes) {
    auto most = static_cast<sqlite3_int64>(std::min<std::size_t>(bytes, std::numeric_limits<sqlite3_int64>::max()));
    sqlite3_file_control(on.handle(), "main", SQLITE_FCNTL_SIZE_LIMIT, &most);
}

/// The stretch of the log that is asked for, from the cut before it to the one at its end.
struct stretch {
    recorded_at through;
    cut after;
    cut up_to;
};

stretch find_stretch(event_store& store, const live_options& options) {
    const auto through = options.through.value_or(std::max(store.closed(), options.from));
    if (options.from > through)
        throw error(errc::invalid_argument, fmt::format("folding events from {} through {}, which is earlier",
                                                        to_rfc3339(options.from.time()), to_rfc3339(through.time())));
    const as_of_options wait{.wait = options.wait};
    stretch found{through, cut(store.partitions()), store.cut_at(through, wait)};
    if (options.from > recorded_at::from_micros(0))
        found.after = store.cut_at(recorded_at::from_micros(options.from.micros() - 1), wait);
    return found;
}

std::size_t fold_chosen(event_store& store, scratch_fold& fold, const chosen_events& chosen, const stretch& of,
                        const live_options& options) {
    std::size_t events = 0;
    chosen.visit(store, of.after, of.up_to, [&](const event_view& event) {
        if (events++ == options.events_max) {
            fold.write();  // what fails of the events before comes first
            throw fold_too_large(fmt::format("folding more than live_options::events_max, {} events", events - 1));
        }
        fold.fold(event);
        return true;
    });
    fold.write();
    fold.note(of.up_to, of.through);
    return events;
}

}  // namespace

live_fold::live_fold(event_store& store, std::unique_ptr<projection_base> of, const live_options& options)
    : folded_(std::move(of)) {
    const chosen_events chosen(*folded_, options);
    const auto wanted = find_stretch(store, options);
    const auto place = model_place::in_memory();
    model_database database(place);
    bound_memory(database.connection(), options.bytes_max);
    try {
        scratch_fold fold(database, *folded_, options.events, bounds, store, {wanted.after, options.from},
                          chosen.types());
        events_ = fold_chosen(store, fold, chosen, wanted, options);
    } catch (const error& failed) {
        if (failed.kind() != errc::disk_full) throw;
        throw fold_too_large(fmt::format("folding rows that take more than live_options::bytes_max, {} bytes of memory",
                                         options.bytes_max));
    }
    auto rows = std::make_unique<live_rows>(store, place, live_rows::span{options.from, wanted.through, wanted.up_to});
    rows_ = rows.get();
    rows_->read([](reader_pool::reader&) {});  // from here on a connection of the pool keeps the database
    side_ = std::make_unique<read_side>(std::move(rows), std::string(projection_access::type(*folded_).name));
    projection_access::stand_on(*folded_, *side_);
}

live_fold::~live_fold() = default;

const cut& live_fold::at() const { return rows_->of().at; }

recorded_at live_fold::through() const { return rows_->of().through; }

sql_reader live_fold::sql() const {
    return sql_reader(std::make_unique<sql_session>(
        rows_->place(), sql_reader_options{.store = &rows_->store(), .as_of_wait = std::chrono::milliseconds{0}}));
}

}  // namespace leftfold::inline v0::detail
