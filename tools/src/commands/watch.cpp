#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "model_database.hpp"
#include "one_line.hpp"
#include "row_changes.hpp"
#include "sql/shown_cell.hpp"
#include "sql_session.hpp"
#include "sqlite/doorbell.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct watch_options {
    std::string path;
    std::string table;
    std::string from = "latest";
    std::int64_t count = 0;
    bool once = false;
};

change_start start_in(const std::string& text, const console& on) {
    if (text == "earliest") return change_start::earliest();
    if (text == "latest") return change_start::latest();
    if (text.size() > 36 && text[36] == '.') return parse_change_position(text);
    const auto when = parse_asked_time(text, instant{std::chrono::microseconds(complete({}).clock->wall_us())});
    on.note("after " + to_rfc3339(when));
    return recorded_at(when);
}

leftfold::detail::historic_table table_in(const leftfold::detail::sql_session& models, const std::string& name) {
    std::string all;
    for (auto& each : models.historic_tables()) {
        if (each.name == name) return each;
        all += (all.empty() ? "" : ", ") + each.name;
    }
    throw error(errc::not_found,
                fmt::format("watching table {}, where those with history are: {}", name, all.empty() ? "none" : all));
}

/// Writes a change as its line, so that nothing is read while somebody is slow to take it.
class change_lines {
public:
    change_lines(const leftfold::detail::historic_table& of, const console& on) : of_(of), on_(on) {}

    void add(const change_position& at, const sqlite::statement& row) {
        using column = leftfold::detail::change_reader::column;
        const bool was_there = row.number(column::was_there) != 0;
        const bool is_there = row.number(column::is_there) != 0;
        const int before = column::first_of_row;
        const int after = before + static_cast<int>(of_.columns.size());
        const int now = is_there ? after : before;
        const char* what = !was_there ? "inserted" : is_there ? "changed" : "deleted";
        if (on_.json) {
            boost::json::object line{{"position", to_string(at)},
                                     {"at", to_rfc3339(at.at.time())},
                                     {"table", of_.name},
                                     {"row", what},
                                     {"key", as_json(row, now + static_cast<int>(of_.key))}};
            if (was_there) line["before"] = object_at(row, before);
            if (is_there) line["after"] = object_at(row, after);
            objects_.push_back(std::move(line));
            return;
        }
        auto text =
            fmt::format("{} {} {}", to_rfc3339(at.at.time()), what, as_text(row, now + static_cast<int>(of_.key)));
        for (int i = 0; i != static_cast<int>(of_.columns.size()); ++i) {
            if (static_cast<std::size_t>(i) == of_.key) continue;
            const auto was = as_text(row, before + i);
            const auto is = as_text(row, after + i);
            if (was_there && is_there && was == is) continue;
            text += fmt::format(" {}: {}", of_.columns[static_cast<std::size_t>(i)].name,
                                was_there && is_there ? was + " → " + is : was + is);
        }
        lines_.push_back(one_line(text));
    }

    void show() const {
        for (const auto& each : objects_) on_.write(each);
        for (const auto& each : lines_) on_.line(each);
        on_.flush();
    }

private:
    boost::json::object object_at(const sqlite::statement& row, int first) const {
        boost::json::object made;
        for (const auto& each : of_.columns) made[each.name] = as_json(row, first++);
        return made;
    }

    const leftfold::detail::historic_table& of_;
    const console& on_;
    std::vector<boost::json::object> objects_;
    std::vector<std::string> lines_;
};

int watch(const watch_options& options, const console& on) {
    constexpr std::int64_t page = 1'000;
    // How long it may take to see that nobody reads the answer any more, when no change tells.
    constexpr std::chrono::seconds look_again{1};
    const std::filesystem::path file(options.path);
    leftfold::detail::sql_session models(file, {});
    leftfold::detail::change_reader reader(start_in(options.from, on));
    sqlite::doorbell bell(leftfold::detail::bell_of(file), sqlite::doorbell::role::reader);
    for (std::int64_t left = options.count;;) {
        bell.look();  // from here on no ring is lost
        const auto most = options.count == 0 ? page : std::min(page, left);
        std::optional<leftfold::detail::historic_table> of;
        std::optional<change_lines> lines;
        std::size_t read = 0;
        models.read(
            [&](sqlite::connection& connection) {
                of = table_in(models, options.table);
                lines.emplace(*of, on);
                read = reader.read(connection, *of, static_cast<std::size_t>(most),
                                   [&](const change_position& at, sqlite::statement& row) { lines->add(at, row); });
            },
            [] { return false; });
        lines->show();
        left -= static_cast<std::int64_t>(read);
        if (options.count != 0 && left == 0) return success;
        if (on.reader_is_gone()) return success;
        if (std::cmp_equal(read, most)) continue;
        if (options.once) return success;
        bell.wait(look_again);
    }
}

}  // namespace

void declare_watch(command_list& all) {
    auto options = std::make_shared<watch_options>();
    all.add("watch", "Changes of a table of a read model as they are committed, until it is interrupted",
            [options](const console& on) { return watch(*options, on); })
        .place("DATABASE", options->path, "The file with the read models")
        .place("TABLE", options->table, "A table with history")
        .option("--from", options->from,
                "Begin at earliest, after the position of a change as --json gave it, or after a time; else latest")
        .number("--count", options->count, 1, "End after so many")
        .flag("--once", options->once, "End when all that is there has been shown");
}

}  // namespace leftfold::inline v0::tools
