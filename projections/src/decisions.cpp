#include "decisions.hpp"

#include <fmt/format.h>

#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr const char* decision_tables = R"(
CREATE TABLE IF NOT EXISTS discarded (
    projection TEXT NOT NULL,
    event TEXT NOT NULL,
    position TEXT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    decided INTEGER NOT NULL,
    PRIMARY KEY (projection, event)
) WITHOUT ROWID;
)";

}  // namespace

decisions::decisions(const std::filesystem::path& database, std::string projection)
    : file_(database.string() + ".decisions"), projection_(std::move(projection)) {}

std::set<event_id> decisions::discarded() const {
    std::set<event_id> found;
    if (!std::filesystem::exists(file_)) return found;
    sqlite::connection opened(file_, {.mode = sqlite::file_access::read_write});
    opened.execute(decision_tables);  // a process may have died between making the file and making the table
    sqlite::statement select(opened, "SELECT event FROM discarded WHERE projection = ?1");
    select.bind_text(1, projection_);
    while (select.step()) found.insert(parse_event_id(select.text(0)));
    return found;
}

void decisions::discard(const event_view& event, recorded_at now) const {
    sqlite::connection opened(file_, {.mode = sqlite::file_access::create});
    // No WAL: one file, written seldom, and each commit of it syncs before it returns.
    opened.execute("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL");
    opened.execute(decision_tables);
    const auto id = to_string(event.id);
    const auto position = to_string(event.position());
    const auto stream = fmt::format("{}-{}", event.category, event.key);
    sqlite::statement put(opened, "INSERT OR IGNORE INTO discarded VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    put.bind_text(1, projection_).bind_text(2, id).bind_text(3, position).bind_text(4, stream);
    put.bind_text(5, event.type).bind(6, now.micros()).run();
}

}  // namespace leftfold::inline v0::detail
