#include "model_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <functional>
#include <set>

#include "leftfold/storage/error.hpp"
#include "sql_text.hpp"
#include "synced_commits.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// "LFRM" in the file's header says that leftfold made the read models in it; user_version is the format.
constexpr std::int64_t application_id = 0x4C46524D;

constexpr const char* model_tables = R"(
CREATE TABLE leftfold_models (
    projection TEXT NOT NULL PRIMARY KEY,
    shape TEXT NOT NULL,
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    cut TEXT NOT NULL,
    chains TEXT NOT NULL,
    through INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE leftfold_parked (
    projection TEXT NOT NULL,
    stream TEXT NOT NULL,
    since INTEGER NOT NULL,
    failed TEXT NOT NULL,
    type TEXT NOT NULL,
    why TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (projection, stream)
) WITHOUT ROWID;
CREATE TABLE leftfold_waiting (
    projection TEXT NOT NULL,
    stream TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (projection, stream, recorded)
) WITHOUT ROWID;
CREATE TABLE leftfold_shared (
    projection TEXT NOT NULL,
    stream TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (projection, stream, other)
) WITHOUT ROWID;
CREATE TABLE leftfold_missed (
    projection TEXT NOT NULL,
    "table" TEXT NOT NULL,
    row TEXT NOT NULL,
    stream TEXT NOT NULL,
    PRIMARY KEY (projection, "table", row, stream)
) WITHOUT ROWID;
CREATE TABLE leftfold_objects (
    name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    projection TEXT NOT NULL
) WITHOUT ROWID;
PRAGMA application_id = 0x4C46524D;
PRAGMA user_version = 1;
)";

/// What came later than the format, and is added to a database that has it not.
constexpr const char* additions = R"(
CREATE TABLE IF NOT EXISTS leftfold_starts (
    projection TEXT NOT NULL PRIMARY KEY,
    generation INTEGER NOT NULL,
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    cut TEXT NOT NULL,
    chains TEXT NOT NULL,
    since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leftfold_paused (
    projection TEXT NOT NULL PRIMARY KEY,
    by TEXT NOT NULL,
    since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leftfold_seeks (
    projection TEXT NOT NULL PRIMARY KEY,
    start TEXT NOT NULL,
    by TEXT NOT NULL,
    since INTEGER NOT NULL
) WITHOUT ROWID;
)";

/// What makes a database one of format 2.
constexpr const char* generations = R"(
CREATE TABLE IF NOT EXISTS leftfold_generations (
    projection TEXT NOT NULL PRIMARY KEY,
    live INTEGER NOT NULL,
    kept INTEGER,
    building INTEGER,
    made INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = 2;
)";

/// A bulk flush writes many pages at once, and the next one most of them again: a checkpoint for every few flushes
/// copies each page once. The WAL stays at about 64 MiB.
constexpr const char* settings = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 16000;
PRAGMA foreign_keys = OFF;
)";

constexpr std::int64_t writer_cache_kib = 65'536;

std::string to_text(const std::vector<chain_hash>& chains) {
    std::string text;
    for (const auto& each : chains) text += (text.empty() ? "" : ",") + to_hex(each);
    return text;
}

std::vector<chain_hash> parse_chains(std::string_view text) {
    constexpr std::size_t digits = 2 * sizeof(chain_hash);
    std::vector<chain_hash> chains;
    for (std::size_t at = 0; at + digits <= text.size(); at += digits + 1) {
        auto& hash = chains.emplace_back();
        for (std::size_t i = 0; i != hash.size(); ++i)
            std::from_chars(text.data() + at + 2 * i, text.data() + at + 2 * i + 2, hash[i], 16);
    }
    return chains;
}

}  // namespace

sqlite::statement prepare(sqlite::connection& on, const std::string& sql) {
    try {
        return {on, sql};
    } catch (const error& failed) {
        // SQLITE_ERROR at this point is the text's fault, never the file's.
        if (sqlite3_errcode(on.handle()) != SQLITE_ERROR) throw;
        throw error(errc::invalid_argument, failed.what());
    }
}

model_database::model_database(model_place place) : place_(std::move(place)) {
    if (place_.is_in_memory()) {
        connection_ = place_.connect(sqlite::file_access::create);
    } else {
        lock_.emplace(file());
        connection_ = place_.connect(sqlite::file_access::create, writer_cache_kib);
        bell_.emplace(bell_of(file()), sqlite::doorbell::role::owner);
    }
    make_schema();
    connection_.execute(settings);
}

model_database::model_database(std::shared_ptr<model_database> home, std::filesystem::path file)
    : place_(std::move(file)),
      home_(std::move(home)),
      connection_(place_.connect(sqlite::file_access::create, writer_cache_kib)) {
    make_schema();
    connection_.execute(settings);
}

void model_database::make_schema() {
    const bool is_new = connection_.query_number("PRAGMA application_id") == 0 &&
                        connection_.query_number("SELECT count(*) FROM sqlite_schema") == 0;
    if (is_new) {
        sqlite::transaction making(connection_);
        connection_.execute(model_tables);
        making.commit();
    }
    check_read_models(connection_);
    connection_.execute(additions);
}

const std::filesystem::path& existing_file(const std::filesystem::path& database) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(database, failed))
        throw error(errc::not_found, "opening read models in " + database.string());
    return database;
}

const std::filesystem::path& existing_models(const std::filesystem::path& database) {
    sqlite::connection look(existing_file(database), {.mode = sqlite::file_access::read_only});
    check_read_models(look);
    return database;
}

void check_read_models(sqlite::connection& on) {
    if (on.query_number("PRAGMA application_id") != application_id)
        throw error(errc::foreign_file,
                    fmt::format("opening read models in {}: leftfold did not make this file", on.file().string()));
    const auto version = on.query_number("PRAGMA user_version");
    if (version > format_with_generations)
        throw error(errc::newer_format,
                    fmt::format("opening read models in {}: their format is {}, and this leftfold knows {}",
                                on.file().string(), version, format_with_generations));
}

std::filesystem::path control_of(const std::filesystem::path& database) { return database.string() + ".control"; }

std::filesystem::path bell_of(const std::filesystem::path& database) { return database.string() + ".bell"; }

const char* const select_model =
    "SELECT shape, store, epoch, cut, chains, through FROM leftfold_models WHERE projection = ?1";

std::optional<stored_model> read_model_row(sqlite::statement& select, std::string_view projection) {
    const sqlite::reset_at_end end(select);
    select.bind_text(1, projection);
    if (!select.step()) return std::nullopt;
    stored_model found;
    found.shape = select.text(0);
    found.at.store = parse_event_id(select.text(1));
    found.at.epoch = store_epoch(select.number(2));
    found.at.consumed = parse_cut(select.text(3));
    found.at.chains = parse_chains(select.text(4));
    found.through = recorded_at::from_micros(select.number(5));
    return found;
}

std::optional<stored_model> model_database::load(std::string_view projection) {
    return read_model_row(prepared(select_model), projection);
}

void model_database::save(std::string_view projection, const stored_model& model) {
    const auto store = to_string(model.at.store);
    const auto cut = to_string(model.at.consumed);
    const auto chains = to_text(model.at.chains);
    auto& put = prepared("INSERT OR REPLACE INTO leftfold_models VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    put.bind_text(1, projection).bind_text(2, model.shape).bind_text(3, store).bind(4, model.at.epoch.value());
    put.bind_text(5, cut).bind_text(6, chains).bind(7, model.through.micros());
    put.run();
}

bool has_starts(sqlite::connection& on) {
    return on.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'leftfold_starts'") == 1;
}

const char* const select_start =
    "SELECT generation, store, epoch, cut, chains, since FROM leftfold_starts WHERE projection = ?1";

std::optional<stored_start> read_start_row(sqlite::statement& select, std::string_view projection) {
    const sqlite::reset_at_end end(select);
    select.bind_text(1, projection);
    if (!select.step()) return std::nullopt;
    stored_start found;
    found.generation = select.number(0);
    found.at.store = parse_event_id(select.text(1));
    found.at.epoch = store_epoch(select.number(2));
    found.at.consumed = parse_cut(select.text(3));
    found.at.chains = parse_chains(select.text(4));
    found.since = recorded_at::from_micros(select.number(5));
    return found;
}

std::optional<stored_start> model_database::load_start(std::string_view projection) {
    if (auto found = read_start_row(prepared(select_start), projection)) return found;
    // A model of before starts were kept began at the first event.
    if (load(projection)) return stored_start{};
    return std::nullopt;
}

void model_database::save_start(std::string_view projection, const stored_start& start) {
    const auto store = to_string(start.at.store);
    const auto cut = to_string(start.at.consumed);
    const auto chains = to_text(start.at.chains);
    auto& put = prepared("INSERT OR REPLACE INTO leftfold_starts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    put.bind_text(1, projection).bind(2, start.generation).bind_text(3, store).bind(4, start.at.epoch.value());
    put.bind_text(5, cut).bind_text(6, chains).bind(7, start.since.micros());
    put.run();
}

void model_database::drop_objects(std::string_view projection) {
    std::vector<model_part::object> objects;
    {
        auto& query = prepared("SELECT kind, name FROM leftfold_objects WHERE projection = ?1");
        sqlite::reset_at_end end(query);
        query.bind_text(1, projection);
        while (query.step()) objects.push_back({std::string(query.text(0)), std::string(query.text(1)), {}});
    }
    for (const auto* kind : {"view", "index", "table"})
        for (const auto& each : objects)
            if (each.kind == kind)
                connection_.execute(sql_text("DROP ").add(kind).add(" IF EXISTS ").name(each.name).text().c_str());
    for (const auto* sql :
         {"DELETE FROM leftfold_objects WHERE projection = ?1", "DELETE FROM leftfold_parked WHERE projection = ?1",
          "DELETE FROM leftfold_waiting WHERE projection = ?1", "DELETE FROM leftfold_shared WHERE projection = ?1",
          "DELETE FROM leftfold_missed WHERE projection = ?1"})
        prepared(sql).bind_text(1, projection).run();
}

void model_database::forget(std::string_view projection) {
    drop_objects(projection);
    for (const auto* sql :
         {"DELETE FROM leftfold_models WHERE projection = ?1", "DELETE FROM leftfold_starts WHERE projection = ?1"})
        prepared(sql).bind_text(1, projection).run();
}

void model_database::save_generations(std::string_view projection, const model_generations& which) {
    connection_.execute(generations);
    auto& put =
        prepared("INSERT OR REPLACE INTO leftfold_generations VALUES (?1, ?2, nullif(?3, 0), nullif(?4, 0), ?5)");
    put.bind_text(1, projection).bind(2, which.live).bind(3, which.kept.value_or(0));
    put.bind(4, which.building.value_or(0)).bind(5, which.made).run();
}

void model_database::make_anew(std::string_view projection, const stored_model& model, const stored_start& start,
                               const std::vector<model_part::object>& objects) {
    statements_.clear();  // those of the old tables
    const synced_commits synced(connection_);
    sqlite::transaction making(connection_);
    drop_objects(projection);
    for (const auto& each : objects) make_object(projection, each);
    save(projection, model);
    save_start(projection, start);
    making.commit();
    ring();
}

void model_database::make_object(std::string_view projection, const model_part::object& what) {
    auto& owner = prepared("SELECT projection FROM leftfold_objects WHERE name = ?1");
    sqlite::reset_at_end end(owner);
    if (owner.bind_text(1, what.name).step())
        throw error(errc::name_collision,
                    fmt::format("making {} {} of projection {} in {}: projection {} has it", what.kind, what.name,
                                projection, file().string(), owner.text(0)));
    auto make = prepare(connection_, what.sql);
    make.run();
    auto& note = prepared("INSERT INTO leftfold_objects VALUES (?1, ?2, ?3)");
    note.bind_text(1, what.name).bind_text(2, what.kind).bind_text(3, projection).run();
}

void model_database::match_indices(std::string_view projection, const std::vector<model_part::object>& objects) {
    std::set<std::string, std::less<>> had;
    {
        auto& query = prepared("SELECT name FROM leftfold_objects WHERE projection = ?1 AND kind = 'index'");
        const sqlite::reset_at_end end(query);
        query.bind_text(1, projection);
        while (query.step()) had.emplace(query.text(0));
    }
    std::vector<const model_part::object*> missing;
    for (const auto& each : objects)
        if (each.kind == "index" && had.erase(each.name) == 0) missing.push_back(&each);
    if (missing.empty() && had.empty()) return;
    sqlite::transaction making(connection_);
    for (const auto& each : had) {
        connection_.execute(sql_text("DROP INDEX IF EXISTS ").name(each).text().c_str());
        prepared("DELETE FROM leftfold_objects WHERE name = ?1").bind_text(1, each).run();
    }
    for (const auto* each : missing) make_object(projection, *each);
    making.commit();
}

void model_database::begin() { connection_.execute("BEGIN IMMEDIATE"); }

void model_database::commit() {
    connection_.execute("COMMIT");
    ring();
}

void model_database::write_synced(function_ref<void()> work) {
    const synced_commits synced(connection_);
    sqlite::transaction writing(connection_);
    work();
    writing.commit();
    ring();
}

void model_database::ring() {
    if (home_) return home_->ring();
    if (bell_) bell_->ring(std::to_string(++commits_));
}

void model_database::roll_back() noexcept {
    if (!connection_.in_transaction()) return;
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

sqlite::statement& model_database::prepared(const std::string& sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    return statements_.emplace(sql, prepare(connection_, sql)).first->second;
}

}  // namespace leftfold::inline v0::detail
