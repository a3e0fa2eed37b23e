// The verbs about the rows of a read model: diff-rows, blame-row, history-row, first-where-row, step-row.

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>
#include <string>

#include "asked_time.hpp"
#include "domain_commands.hpp"
#include "leftfold/projections/row_blame.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "one_line.hpp"
#include "open_store.hpp"
#include "row_story.hpp"
#include "telling.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Which row of which table: the words that these verbs begin with.
struct row_words {
    std::string path;
    std::string projection;
    std::string database;
    std::string table;
    std::string key;
    std::string first;
    std::string second = "now";
    std::string time;
    std::int64_t at = 0;
    std::int64_t limit = 0;
    const domain* known = nullptr;

    std::string name() const { return table + " " + key; }
};

/// The store and the rows, opened for one question.
struct opened_table {
    explicit opened_table(const row_words& words)
        : store(open_for_reading(words.path)),
          model(find_projection(*words.known, words.projection, "asking").read(store, words.database)),
          rows(model->tables(), words.table) {}

    event_store store;
    std::unique_ptr<detail::opened_rows> model;
    any_table rows;
};

recorded_at time_of(const event_store& store, const std::string& text, const console& on) {
    const auto when = time_in(store, text);
    on.note("as of " + to_rfc3339(when.time()));
    return when;
}

/// Tells of one row what is different, if anything is.
class row_difference {
public:
    row_difference(const any_table& rows, const console& on) : rows_(rows), on_(on) {}

    void tell(const std::optional<any_table::cells>& before, const std::optional<any_table::cells>& after) const {
        const auto changes = changes_between(rows_, before, after);
        if (changes.empty()) return;
        const auto key = rows_.key_of(before ? *before : *after);
        if (on_.json) return tell_json(key, changes, before, after);
        if (!before || !after)
            return on_.line(
                one_line(fmt::format("{} {} {}", before ? "-" : "+", key, rows_.object_of(before ? *before : *after))));
        for (const auto& each : changes) on_.line(one_line(fmt::format("~ {} {}", key, to_string(each))));
    }

private:
    void tell_json(const std::string& key, const std::vector<change>& changes,
                   const std::optional<any_table::cells>& before, const std::optional<any_table::cells>& after) const {
        boost::json::object object{{"row", !before  ? "inserted"
                                           : !after ? "deleted"
                                                    : "changed"},
                                   {"table", rows_.name()},
                                   {"key", key}};
        if (before) object["before"] = value_of(rows_.object_of(*before));
        if (after) object["after"] = value_of(rows_.object_of(*after));
        if (before && after) object["changes"] = list_of(changes);
        on_.write(object);
    }

    const any_table& rows_;
    const console& on_;
};

int diff(const row_words& words, const console& on) {
    opened_table of(words);
    const auto from = time_of(of.store, words.first, on);
    const auto to = time_of(of.store, words.second, on);
    for (const auto when : {from, to}) of.rows.await(when);
    const row_difference difference(of.rows, on);
    if (!words.key.empty()) {
        difference.tell(of.rows.find(words.key, from), of.rows.find(words.key, to));
        return success;
    }
    of.rows.for_each(from,
                     [&](const any_table::cells& row) { difference.tell(row, of.rows.find(of.rows.key_of(row), to)); });
    of.rows.for_each(to, [&](const any_table::cells& row) {
        if (!of.rows.find(of.rows.key_of(row), from)) difference.tell(std::nullopt, row);
    });
    return success;
}

int blame(const row_words& words, const console& on) {
    opened_table of(words);
    row_blame_options options;
    if (!words.time.empty()) options.at = time_of(of.store, words.time, on);
    if (words.first.empty()) {
        const auto found = leftfold::blame(of.store, of.rows, words.key, options);
        if (found.empty()) throw error(errc::not_found, "asking for row " + words.name());
        for (const auto& each : found) show_blamed(each, on);
        return success;
    }
    const auto found = leftfold::blame(of.store, of.rows, words.key, words.first, options);
    if (!found) throw error(errc::not_found, "asking for column " + words.first + " of row " + words.name());
    show_blamed(*found, on);
    return success;
}

int history(const row_words& words, const console& on) {
    opened_table of(words);
    const row_story story(of.store, of.rows, words.key);
    const auto end = words.limit == 0 ? words.at + static_cast<std::int64_t>(story.last()) : words.at + words.limit;
    for (auto i = static_cast<std::size_t>(words.at) + 1; i <= story.last() && std::cmp_less_equal(i, end); ++i)
        show_step({story.origin(i), story.json(i), story.changes(i)}, on);
    return success;
}

int first_where(const row_words& words, const console& on) {
    opened_table of(words);
    const row_condition condition(of.rows, words.first);
    const row_story story(of.store, of.rows, words.key);
    for (std::size_t i = 1; i <= story.last(); ++i) {
        if (!condition.holds(story.row(i))) continue;
        show_find({story.origin(i), story.json(i), story.json(i), i}, search::first_where, on);
        return success;
    }
    throw error(errc::not_found, "looking for a state of row " + words.name() + " where " + words.first);
}

int step(const row_words& words, const console& on) {
    opened_table of(words);
    const row_story story(of.store, of.rows, words.key);
    row_stepper at(story);
    return step_through(at, words.at, "row " + words.name(), on);
}

/// Makes the words of one verb, which begin with those of its table.
command_words verb(command_list& all, const domain& known, const char* name, const char* what,
                   std::shared_ptr<row_words>& given, int (*run)(const row_words&, const console&)) {
    given = std::make_shared<row_words>();
    given->known = &known;
    auto words = all.add(name, what, [given, run](const console& on) { return run(*given, on); });
    words.place("STORE", given->path, "The store's directory")
        .place("PROJECTION", given->projection, "The name of the projection")
        .place("DATABASE", given->database, "The file that holds its rows")
        .place("TABLE", given->table, "The name of the table, which keeps history");
    return words;
}

}  // namespace

void declare_row_questions(command_list& all, const domain& known) {
    std::shared_ptr<row_words> given;
    verb(all, known, "diff-rows", "Which rows of a table were inserted, deleted and changed between two times", given,
         &diff)
        .place("FROM", given->first, "A time")
        .optional_place("TO", given->second, "Another one; without it: now")
        .option("--key", given->key, "Only the row of this key");
    verb(all, known, "blame-row", "Which event set a column of a row last, or each of them", given, &blame)
        .place("KEY", given->key, "The key of the row")
        .optional_place("COLUMN", given->first, "The name of a column; without it: all")
        .option("--as-of", given->time, "The row as it stood at this time");
    verb(all, known, "history-row", "Every event that changed a row, and what it changed", given, &history)
        .place("KEY", given->key, "The key of the row")
        .number("--after", given->at, 0, "Only those after so many")
        .number("--limit", given->limit, 1, "At most so many");
    verb(all, known, "first-where-row", "When a comparison held first for a row, and the event that made it so", given,
         &first_where)
        .place("KEY", given->key, "The key of the row")
        .place("CONDITION", given->first, "A comparison, as '$.cents < 0'");
    verb(all, known, "step-row", "Go through a row's history, forward and back", given, &step)
        .place("KEY", given->key, "The key of the row")
        .number("--at", given->at, 0, "The change to start at");
}

}  // namespace leftfold::inline v0::tools
