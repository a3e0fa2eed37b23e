#pragma once
// A language for tests of projections. It knows no test library: every check returns an empty string, or what differs.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/testing/detail/projection_script.hpp"
#include "leftfold/testing/happenings.hpp"

namespace leftfold::inline v0::testing {

/// A projection in a test: made by project(), given its events as the functions of the first kind say, looked at by
/// those of the second.
///
/// The store is one in memory, whose clock starts at 2026-01-01 and whose ids are the same in every run. The rows are
/// in a database of their own, which goes with the last copy of this. Folding is the engine's own, on the caller's
/// thread; it begins with the first check, and is done once for all checks.
///
/// Each check returns "" when it holds, else a few lines that say what was expected and what was found, so that any
/// test library's equality will do. A projection that stopped meets no expectation but expect_stop().
///
/// Checks throw what the store and the database throw: an event is over a limit, the disk is full. One thread at a
/// time.
template <class Projection>
class projected {
public:
    /// What project() calls.
    template <class... Happened>
    explicit projected(const Happened&... happened)
        : script_(list(happened...), [](projection_engine& to, projection_options options) -> const projection_base& {
              return to.add<Projection>(std::move(options));
          }) {}

    // How the events come

    /// Delivers every event a second time. The program is killed when a batch is written and not committed, so that the
    /// next one folds it again; that one is killed right after its commit, so that its successor must not fold it once
    /// more. The rows have to be the same; they are not when `on` keeps something beside its tables.
    projected& twice() {
        script_.change_delivery().twice = true;
        return *this;
    }

    /// Lets the partitions meet in another order, drawn from the seed. Within a partition, so within each stream, the
    /// order stays, and no event moves over an after(). The rows have to be the same, unless what they say depends on
    /// which of two streams came first. The store has 64 partitions, so most streams have one to themselves.
    projected& shuffled_partitions(std::uint64_t seed) {
        script_.change_delivery().shuffled_by = seed;
        return *this;
    }

    /// Commits after this many events. Without it, all are one batch.
    projected& batches_of(std::size_t events) {
        script_.change_delivery().batches_of = events;
        return *this;
    }

    /// Has renamed and upcast events translated: projection_options::events.
    projected& translated_by(event_registry events) {
        script_.change_delivery().events = std::move(events);
        return *this;
    }

    // What has to be there

    /// These rows, and no others, are in the table of their type. With rows of several types, each table is compared
    /// with those of its type. Without rows: all tables are empty.
    template <class... Rows>
    std::string expect(const Rows&... rows) {
        return expect_in({}, rows...);
    }

    /// The same of one table by its name, for a projection in which several have rows of one type. Without rows: that
    /// table is empty.
    template <class... Rows>
    std::string expect_in(std::string_view table, const Rows&... rows) {
        return script_.compare(table, std::vector<detail::expected_row>{detail::expected_row_of(rows)...});
    }

    /// The query gives these rows, in this order, each written as the sqlite3 shell writes it, NULL as `NULL`:
    /// `expect_sql("SELECT account, cents FROM balances", "alice|50", "bob|0")`. It may ask all that sql_reader offers,
    /// the rows as of a time included. Throws errc::invalid_argument for SQL that does not compile.
    template <class... Rows>
    std::string expect_sql(const std::string& query, const Rows&... rows) {
        return script_.compare_query(query, {std::string(rows)...});
    }

    /// The projection stops at some event, and the text of its failure contains `why`.
    std::string expect_stop(std::string_view why = {}) { return script_.compare_stop({}, why); }

    /// The same at an event of this type.
    template <class Event>
    std::string expect_stop(std::string_view why = {}) {
        return script_.compare_stop(Event::event_type, why);
    }

    /// A stream, as `category-key`, is parked (failure_policy::park_key), and the reason contains `why`. The rows are
    /// those of the other streams, and of this one before the event that failed.
    std::string expect_parked(std::string_view stream, std::string_view why = {}) {
        return script_.compare_parked(stream, why);
    }

private:
    /// Events that stand alone are those of one stream.
    template <class... Happened>
    static std::vector<detail::happening> list(const Happened&... happened) {
        std::string category = "test";
        for (const std::string_view first : leftfold::detail::categories_of<Projection>) {
            category = first;
            break;
        }
        std::vector<detail::happening> all;
        (detail::add_happenings(all, category + "-one", happened), ...);
        return all;
    }

    detail::projection_script script_;
};

/// Begins a test: what a projection makes of these events.
///
///     using leftfold::testing::project, leftfold::testing::on;
///     EXPECT_EQ(project<balances>(on("account-alice", opened{"Alice"}, deposited{50}), on("account-bob",
///     opened{"Bob"}))
///                   .twice()
///                   .expect(balance{"alice", 50}, balance{"bob", 0}),
///               "");
///
/// They are recorded in this order. Between them time may pass: after(24h). Events without on() are those of one
/// stream, whose key is `one`, in the first category that the projection names, else in `test`:
/// `project<balances>(opened{"Ann"}).expect(balance{"one", 0})`.
template <class Projection, class... Happened>
projected<Projection> project(const Happened&... happened) {
    return projected<Projection>(happened...);
}

}  // namespace leftfold::inline v0::testing
