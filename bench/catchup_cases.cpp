// Reading the whole log: by envelopes, decoded, and into a table.

#include <stdexcept>

#include "appending.hpp"
#include "cases.hpp"
#include "item_rows.hpp"
#include "raw_dom.hpp"
#include "raw_sqlite.hpp"

namespace bench {

namespace {

/// A store of the run's number of events over a tenth as many streams.
struct filled {
    explicit filled(workshop& in, std::uint32_t partitions = 1)
        : events(in.chosen().events),
          path(in.fresh_path("bench.store")),
          store((fill(partitions), open_store(path, partitions))) {}
    void fill(std::uint32_t partitions) {
        fill_store(path, events, std::max<std::int64_t>(1, events / 10), partitions);
    }

    run timed(const std::function<std::int64_t()>& read) const {
        const stopwatch clock;
        const auto seen = read();
        if (seen != events) throw std::runtime_error("not every event was seen");
        return {static_cast<double>(events), clock.seconds(), {}};
    }

    std::int64_t events;
    std::filesystem::path path;
    leftfold::event_store store;
};

run fold_in_memory(filled& log) {
    return log.timed([&] {
        leftfold::projection_engine engine{log.store};
        auto model = engine.add_in_memory<totals>();
        engine.catch_up();
        return model.read([](const totals& t) { return t.changes; });
    });
}

template <class Projection>
run fold_into_table(workshop& in, filled& log) {
    const auto database = in.fresh_path("views.db");
    return log.timed([&] {
        leftfold::projection_engine engine{log.store};
        const auto& read = engine.add<Projection>({.database = database});
        engine.catch_up();
        std::int64_t changes = 0;
        read.rows.for_each([&](const item_row& row) { changes += row.changes; });
        return changes;
    });
}

}  // namespace

std::vector<result> catchup_envelope(workshop& in) {
    filled log(in);
    raw_sqlite_pages raw(partition_file(log.path));
    const auto both = in.compare(
        [&] {
            return log.timed([&] {
                std::int64_t seen = 0;
                raw.read_all([&](std::string_view category, auto, std::string_view type, auto) {
                    seen += category == "item" && type == item_changed::event_type ? 1 : 0;
                });
                return seen;
            });
        },
        [&] {
            return log.timed([&] {
                std::int64_t seen = 0;
                log.store.read_all(leftfold::cut(1), log.store.heads(),
                                   {.categories = {"item"}, .types = {item_changed::event_type}},
                                   leftfold::payloads::skip, [&](const leftfold::event_view&) {
                                       ++seen;
                                       return true;
                                   });
                return seen;
            });
        });
    return {both.against("catchup_envelope", "raw_sqlite_pages", 0.70)};
}

std::vector<result> catchup_typed(workshop& in) {
    filled log(in);
    raw_sqlite_pages raw(partition_file(log.path));
    const auto both = in.compare(
        [&] {
            return log.timed([&] {
                std::int64_t seen = 0;
                std::int64_t cents = 0;
                raw.read_all([&](auto, auto, std::string_view type, std::string_view payload) {
                    if (type != item_changed::event_type) return;
                    cents += cents_by_dom(payload);
                    ++seen;
                });
                return cents == seen * item_changed{}.cents ? seen : 0;
            });
        },
        [&] { return fold_in_memory(log); });
    return {both.against("catchup_typed", "raw_sqlite_pages_dom", 1.4),
            at_least("catchup_typed_absolute", "3 M/s", both.ours.median_rate(), 3e6)};
}

std::vector<result> catchup_table(workshop& in) {
    filled log(in);
    const auto both =
        in.compare([&] { return fold_in_memory(log); }, [&] { return fold_into_table<items_now>(in, log); });
    return {both.against("catchup_table", "catchup_typed", 0.35),
            at_least("catchup_table_absolute", "1 M/s", both.ours.median_rate(), 1e6)};
}

std::vector<result> catchup_lanes(workshop& in) {
    filled log(in, 4);
    // On one processor there is nothing to gain, and little to lose.
    const auto both = in.compare([&] { return fold_into_table<items_now>(in, log); },
                                 [&] { return fold_into_table<items_in_lanes>(in, log); });
    return {both.against("catchup_lanes", "catchup_table_4p", 0.90)};
}

std::vector<result> rebuild_table(workshop& in) {
    filled log(in);
    leftfold::projection_engine engine{log.store};
    engine.add<items_now>({.database = in.fresh_path("live.db")});
    engine.catch_up();
    // Built beside the live rows, compared with all of them, and swapped in.
    const auto both =
        in.compare([&] { return fold_into_table<items_now>(in, log); },
                   [&] { return log.timed([&] { return engine.rebuild<items_now>().swapped ? log.events : 0; }); });
    return {both.against("rebuild_table", "catchup_table", 0.67)};
}

std::vector<result> catchup_history(workshop& in) {
    filled log(in);
    const auto both = in.compare([&] { return fold_into_table<items_now>(in, log); },
                                 [&] { return fold_into_table<items_ever>(in, log); });
    return {both.against("catchup_history", "catchup_table", 0.40)};
}

}  // namespace bench
