#include "leftfold/projections/verify_projection.hpp"

#include <fmt/format.h>

#include <utility>

#include "generation_shelf.hpp"
#include "model_comparison.hpp"
#include "model_database.hpp"
#include "projection_access.hpp"
#include "row_healing.hpp"
#include "shadow_model.hpp"

namespace leftfold::inline v0 {

namespace detail {

projection_report verify_model(event_store& store, const make_projection& make, const std::filesystem::path& database,
                               const verify_projection_options& options) {
    const std::string name(projection_access::type(*make()).name);
    sqlite::connection live(live_file(database, name));
    shadow_model shadow(store, make, options);
    const auto shape = projection_access::shape(shadow.instance(), options.events);
    // Most of the work comes before the long transaction: while that is open, the write-ahead log only grows.
    shadow.fold([&] {
        const sqlite::transaction together(live, sqlite::transaction::kind::deferred);
        return read_folded_events(live, database, name, shape, store);
    }());
    const sqlite::transaction together(live, sqlite::transaction::kind::deferred);
    const auto judged = read_folded_events(live, database, name, shape, store);
    shadow.fold(judged);
    projection_report report{.projection = name, .at = judged.up_to, .events = shadow.events(), .drifts = {}};
    sqlite::connection expected(shadow.database());
    compare_models(shadow.instance(), {}, expected, live, options, report);
    return report;
}

projection_report heal_model_row(event_store& store, const make_projection& make, const std::filesystem::path& database,
                                 std::string_view table, std::string key, verify_projection_options options) {
    sqlite::connection(database).close();  // a database is not made by healing it
    const auto owned = std::make_shared<model_database>(database);
    row_healing healing(store, make, table, std::move(key), std::move(options));
    const generation_shelf shelf(owned, healing.projection());
    return healing.run(*shelf.open(shelf.now().live));
}

}  // namespace detail

std::string to_string(const drift& of) {
    auto text = fmt::format("{} {}", of.table, of.key);
    if (of.until) text += " until " + to_rfc3339(of.until->time());
    if (of.what == drift::kind::missing) text += " is missing";
    if (of.what == drift::kind::extra) text += " should not be there";
    const char* sign = ": ";
    for (const auto& each : of.columns) {
        text += std::exchange(sign, "; ");
        if (of.what == drift::kind::changed)
            text += fmt::format("{}: expected {}, found {}", each.name, each.expected, each.found);
        else
            text += fmt::format("{}: {}", each.name, of.what == drift::kind::missing ? each.expected : each.found);
    }
    return text;
}

std::string to_string(const projection_report& of) {
    const auto at = fmt::format("{} rows and versions of projection {} compared with {} events up to the cut {}",
                                of.rows, of.projection, of.events, to_string(of.at));
    const auto meant =
        of.expected == 0 ? std::string() : fmt::format(", but for {} that are meant to differ", of.expected);
    if (of.sound()) return at + ": all as they should be" + meant;
    auto text = fmt::format("{}: {} differ{}", at, of.differing, meant);
    for (const auto& each : of.drifts) text += "\n" + to_string(each);
    const auto listed = static_cast<std::int64_t>(of.drifts.size());
    if (listed < of.differing) text += fmt::format("\nand {} more", of.differing - listed);
    if (of.expected_rows != of.found_rows)
        text += fmt::format("\nin all there should be {} rows and versions, and there are {}", of.expected_rows,
                            of.found_rows);
    return text;
}

}  // namespace leftfold::inline v0
