#include "row_healing.hpp"

#include <utility>

#include "model_comparison.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

verify_projection_options of_one_key(verify_projection_options options, std::string key) {
    options.key = std::move(key);
    options.one_key_in = 1;
    return options;
}

}  // namespace

row_healing::row_healing(event_store& store, const make_projection& make, std::string_view table, std::string key,
                         verify_projection_options options)
    : store_(store.core()),
      options_(of_one_key(std::move(options), key)),
      shadow_(store_, make, options_),
      projection_(projection_access::type(shadow_.instance()).name),
      table_(table),
      key_(std::move(key)) {
    sqlite::connection expected(shadow_.database());
    check_healable(shadow_.instance(), table_, expected);
}

folded_events row_healing::look(sqlite::connection& on, const std::filesystem::path& home) {
    return read_folded_events(on, home, projection_, projection_access::shape(shadow_.instance(), options_.events),
                              store_);
}

void row_healing::fold_ahead(const std::filesystem::path& database) {
    sqlite::connection live(live_file(database, projection_));
    shadow_.fold([&] {
        const sqlite::transaction together(live, sqlite::transaction::kind::deferred);
        return look(live, database);
    }());
}

projection_report row_healing::run(model_database& on) {
    const auto wanted = look(on.connection(), on.home_file());
    shadow_.fold(wanted);
    projection_report report{.projection = projection_, .at = wanted.up_to, .events = shadow_.events(), .drifts = {}};
    sqlite::connection expected(shadow_.database());
    on.begin();
    try {
        compare_models(shadow_.instance(), table_, expected, on.connection(), options_, report);
        if (report.sound()) {
            on.roll_back();
        } else {
            replace_row(shadow_.instance(), table_, key_, expected, on.connection());
            on.commit();
        }
    } catch (...) {
        on.roll_back();
        throw;
    }
    return report;
}

}  // namespace leftfold::inline v0::detail
