#include "leftfold/projections/verify_projection.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <string>

#include "domain_commands.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct drift_words {
    std::string path;
    std::string projection;
    std::string database;
    std::string key;
    std::string stream;
    std::string scratch;
    std::int64_t one_key_in = 1;
    std::int64_t seed = 0;
    std::string table;  // of the row to heal

    verify_projection_options options(progress_bar& bar) const {
        verify_projection_options made{.one_key_in = static_cast<std::uint32_t>(one_key_in),
                                       .seed = static_cast<std::uint64_t>(seed),
                                       .scratch = scratch,
                                       .progress = [&](std::int64_t done, std::int64_t all) { bar.show(done, all); }};
        if (!key.empty()) made.key = key;
        if (!stream.empty()) made.stream = stream_id::parse(stream);
        return made;
    }
};

const char* word_for(drift::kind what) {
    switch (what) {
        case drift::kind::changed:
            return "changed";
        case drift::kind::missing:
            return "missing";
        case drift::kind::extra:
            return "extra";
    }
    return "";
}

boost::json::object object_of(const drift& of) {
    boost::json::array columns;
    for (const auto& each : of.columns)
        columns.push_back({{"name", each.name}, {"expected", each.expected}, {"found", each.found}});
    return {{"drift", word_for(of.what)},
            {"table", of.table},
            {"key", of.key},
            {"until", of.until ? boost::json::value(to_rfc3339(of.until->time())) : boost::json::value(nullptr)},
            {"columns", std::move(columns)}};
}

void show(const projection_report& report, const console& on) {
    if (!on.json) return on.line(to_string(report));
    for (const auto& each : report.drifts) on.write(object_of(each));
    on.write({{"projection", report.projection},
              {"cut", to_string(report.at)},
              {"events", report.events},
              {"rows", report.rows},
              {"expected_rows", report.expected_rows},
              {"found_rows", report.found_rows},
              {"differing", report.differing},
              {"sound", report.sound()}});
}

int verify(const drift_words& words, const domain& known, const console& on) {
    const auto& projection = find_projection(known, words.projection, "verifying");
    auto store = open_for_reading(words.path);
    progress_bar bar(on, "folding");
    const auto report = projection.verify(store, words.database, words.options(bar));
    show(report, on);
    return report.sound() ? success : damaged;
}

int heal(const drift_words& words, const domain& known, const console& on) {
    const auto& projection = find_projection(known, words.projection, "healing");
    auto store = open_for_reading(words.path);
    progress_bar bar(on, "folding");
    const auto report = projection.heal_row(store, words.database, words.table, words.key, words.options(bar));
    show(report, on);
    if (!on.json) on.line(report.sound() ? "nothing was to be healed" : "healed");
    return success;
}

}  // namespace

void declare_verify_projection(command_list& all, const domain& known) {
    const auto add_places = [](command_words words, drift_words& into) {
        return words.place("STORE", into.path, "The store's directory")
            .place("PROJECTION", into.projection, "The name of the projection")
            .place("DATABASE", into.database, "The file that holds its rows");
    };
    auto words = std::make_shared<drift_words>();
    add_places(all.add("verify-projection", "Fold the events of a read model once more and compare every row with it",
                       [words, &known](const console& on) { return verify(*words, known, on); }),
               *words)
        .option("--key", words->key, "Only rows of this key")
        .number("--one-key-in", words->one_key_in, 1, "A sample: the rows of one key in so many")
        .number("--seed", words->seed, 0, "Of the sample")
        .option("--stream", words->stream, "Only events of this stream, CATEGORY-KEY, and the rows that they make")
        .option("--scratch", words->scratch, "The directory for the rows that are folded");
    auto healed = std::make_shared<drift_words>();
    add_places(all.add("heal-row", "Replace the rows of one key, past and all, by what the events make of them",
                       [healed, &known](const console& on) { return heal(*healed, known, on); }),
               *healed)
        .place("TABLE", healed->table, "The name of the table")
        .place("KEY", healed->key, "The key of the row")
        .option("--stream", healed->stream, "Fold the events of this stream alone, CATEGORY-KEY")
        .option("--scratch", healed->scratch, "The directory for the rows that are folded");
}

}  // namespace leftfold::inline v0::tools
