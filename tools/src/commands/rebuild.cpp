#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asking_engines.hpp"
#include "commands.hpp"
#include "domain_commands.hpp"
#include "generation_shelf.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct rollback_words {
    std::string database;
    std::string projection;
};

struct rolled_back {
    std::int64_t live = 0;
    std::int64_t kept = 0;
};

/// Lets the engine that runs there do it, which brings the kept rows up to date first; nothing when none runs.
std::optional<rolled_back> roll_back_under_engine(const rollback_words& words) {
    const auto now = answer_of_engine({words.database, words.projection},
                                      {.verb = "rollback", .arguments = {{"projection", words.projection}}});
    if (!now) return std::nullopt;
    return rolled_back{now->at("generation").to_number<std::int64_t>(), now->at("kept").to_number<std::int64_t>()};
}

rolled_back roll_back_file(const rollback_words& words) {
    const auto home =
        std::make_shared<leftfold::detail::model_database>(leftfold::detail::existing_models(words.database));
    leftfold::detail::generation_shelf shelf(home, words.projection);
    if (!shelf.now().kept)
        throw error(errc::not_found, fmt::format("rolling back projection {} in {}: no rows are kept", words.projection,
                                                 words.database));
    shelf.roll_back();
    return {shelf.now().live, *shelf.now().kept};
}

int roll_back(const rollback_words& words, const console& on) {
    const auto done = roll_back_under_engine(words);
    const auto now = done ? *done : roll_back_file(words);
    if (on.json)
        on.write({{"projection", words.projection}, {"live", now.live}, {"kept", now.kept}});
    else
        on.line(
            fmt::format("projection {}: generation {} is live, and {} is kept", words.projection, now.live, now.kept));
    return success;
}

struct rebuild_words {
    std::string path;
    std::string projection;
    std::string database;
    bool accepts_differences = false;
    std::vector<std::string> expected;

    /// Whether a difference is one of those that were named: of a whole table, or in one of its columns and no other.
    bool expects(const drift& one) const {
        const auto is_named = [&](const std::string& what) {
            return std::find(expected.begin(), expected.end(), what) != expected.end();
        };
        return is_named(one.table) ||
               (one.what == drift::kind::changed &&
                std::all_of(one.columns.begin(), one.columns.end(),
                            [&](const drift::column& each) { return is_named(one.table + "." + each.name); }));
    }
};

void show(const rebuild_report& report, const console& on) {
    if (on.json)
        return on.write({{"generation", report.generation},
                         {"swapped", report.swapped},
                         {"rows", report.compared.rows},
                         {"differing", report.compared.differing},
                         {"expected", report.compared.expected}});
    if (report.compared.rows != 0) on.line(to_string(report.compared));
    on.line(report.swapped ? fmt::format("generation {} is live", report.generation)
                           : std::string("the rows stay as they were"));
}

int rebuild(const rebuild_words& words, const domain& known, const console& on) {
    const auto& projection = find_projection(known, words.projection, "rebuilding");
    auto store = open_for_reading(words.path);
    progress_bar bar(on, "folding");
    const auto report =
        projection.rebuild(store, words.database,
                           {.differences = words.accepts_differences ? differences::accepted : differences::refused,
                            .expected = [&](const drift& one) { return words.expects(one); }},
                           [&](const rebuild_progress& now) {
                               bar.show(static_cast<std::int64_t>(now.done), static_cast<std::int64_t>(now.all));
                           });
    show(report, on);
    return report.swapped ? success : damaged;
}

}  // namespace

void declare_rollback(command_list& all) {
    auto words = std::make_shared<rollback_words>();
    all.add("rollback", "Go back to the rows of a projection that were read before its last rebuild",
            [words](const console& on) { return roll_back(*words, on); })
        .place("DATABASE", words->database, "The file with the read models")
        .place("PROJECTION", words->projection, "The name of the projection");
}

void declare_rebuild(command_list& all, const domain& known) {
    auto words = std::make_shared<rebuild_words>();
    all.add("rebuild", "Fold a projection anew beside its rows, compare, and swap the new rows in",
            [words, &known](const console& on) { return rebuild(*words, known, on); })
        .place("STORE", words->path, "The store's directory")
        .place("PROJECTION", words->projection, "The name of the projection")
        .place("DATABASE", words->database, "The file that holds its rows")
        .option("--expect", words->expected,
                "Differences in this TABLE, or this TABLE.COLUMN, are right; may be repeated")
        .flag("--accept-differences", words->accepts_differences, "All differences are right");
}

}  // namespace leftfold::inline v0::tools
