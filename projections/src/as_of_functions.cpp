#include "as_of_functions.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <utility>

#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/error.hpp"
#include "sql_text.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// One function, as all cursors over it see it.
struct as_of_functions::function {
    historic_table table;
    sqlite::connection* on;
    as_of_gate* gate;
    std::exception_ptr* failure;
};

namespace {

using function = as_of_functions::function;

// The plans, which SQLite hands back as idxNum.
constexpr int all_rows = 0;
constexpr int one_key = 1;

std::string name_of(const function& of) { return of.table.name + "_as_of"; }

recorded_at time_in(const function& of, std::string_view text) {
    if (text.find('/') == std::string_view::npos) {
        const recorded_at when(parse_asked_time(text, of.gate->now()));
        of.gate->pass(of.table, when);
        return when;
    }
    const auto then = parse_moment(text);
    of.gate->pass(of.table, then);
    return then.time();
}

/// Returns the time that is asked for, once the gate has let it pass.
recorded_at time_in(const function& of, sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER: {
            const auto when = recorded_at::from_micros(sqlite3_value_int64(value));
            of.gate->pass(of.table, when);
            return when;
        }
        case SQLITE_TEXT: {
            const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
            return time_in(of, std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))));
        }
        default:
            throw error(errc::invalid_argument,
                        fmt::format("asking {}: a time is text, or microseconds since 1970", name_of(of)));
    }
}

// What SQLite calls a table and a cursor: its own part first, ours behind.

/// Keeps statements that are not in use: preparing one costs more than finding a row with it.
struct virtual_table : sqlite3_vtab {
    explicit virtual_table(function& what) : sqlite3_vtab{}, of(what) {}

    using statements = std::vector<sqlite::statement>;
    statements& idle(int plan) { return plan == one_key ? idle_one : idle_all; }
    sqlite::statement take(int plan) {
        auto& from = idle(plan);
        if (from.empty()) return {*of.on, plan == one_key ? select_one_as_of(of.table) : select_all_as_of(of.table)};
        auto taken = std::move(from.back());
        from.pop_back();
        return taken;
    }

    function& of;
    statements idle_one;
    statements idle_all;
};

struct cursor : sqlite3_vtab_cursor {
    explicit cursor(virtual_table& over) : sqlite3_vtab_cursor{}, table(over) {}

    void begin(int with, sqlite3_value** values) {
        give_back();
        when = time_in(table.of, values[0]);
        plan = with;
        rows = table.take(plan);
        if (plan == one_key) sqlite3_bind_value(rows.handle(), 1, values[1]);
        rows.bind(plan == one_key ? 2 : 1, when.micros());
        next();
    }
    void next() {
        at_end = !rows.step();
        ++number;
    }
    /// Lets go of the statement, and with it of what it holds of the database.
    void give_back() {
        if (!rows.is_prepared()) return;
        rows.reset();
        table.idle(plan).push_back(std::move(rows));
        rows = {};
    }

    virtual_table& table;
    sqlite::statement rows;
    recorded_at when;
    int plan = all_rows;
    bool at_end = true;
    sqlite3_int64 number = 0;
};

virtual_table& ours(sqlite3_vtab* table) { return *static_cast<virtual_table*>(table); }
cursor& ours(sqlite3_vtab_cursor* each) { return *static_cast<cursor*>(each); }

/// Exceptions stop here: SQLite is C. The text becomes the statement's error.
template <class Work>
int guarded(sqlite3_vtab* on, Work work) {
    try {
        work();
        return SQLITE_OK;
    } catch (const std::exception& e) {
        *ours(on).of.failure = std::current_exception();
        sqlite3_free(on->zErrMsg);
        on->zErrMsg = sqlite3_mprintf("%s", e.what());
        return SQLITE_ERROR;
    }
}

int connect(sqlite3* db, void* of, int, const char* const*, sqlite3_vtab** made, char**) {
    auto& given = *static_cast<function*>(of);
    sql_text declaration("CREATE TABLE x(");
    for (const auto& each : given.table.columns) declaration.name(each.name).add(" ").add(each.type).add(", ");
    declaration.add("as_of HIDDEN)");
    *made = new virtual_table(given);
    return sqlite3_declare_vtab(db, declaration.text().c_str());
}

int disconnect(sqlite3_vtab* on) {
    delete &ours(on);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab* on, sqlite3_index_info* info) {
    const auto& table = ours(on).of.table;
    int time = -1;
    int key = -1;
    bool has_time = false;
    for (int i = 0; i != info->nConstraint; ++i) {
        const auto& given = info->aConstraint[i];
        if (given.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (given.iColumn == static_cast<int>(table.columns.size())) {
            has_time = true;
            if (given.usable != 0) time = i;
        } else if (given.iColumn == static_cast<int>(table.key) && given.usable != 0 &&
                   std::string_view(sqlite3_vtab_collation(info, i)) == "BINARY") {
            key = i;
        }
    }
    if (time < 0 && has_time) return SQLITE_CONSTRAINT;  // a plan in which the time is not known yet
    if (time < 0) {
        on->zErrMsg = sqlite3_mprintf("%s wants a time", name_of(ours(on).of).c_str());
        return SQLITE_ERROR;
    }
    info->aConstraintUsage[time].argvIndex = 1;
    info->aConstraintUsage[time].omit = 1;
    info->idxNum = key < 0 ? all_rows : one_key;
    info->estimatedCost = key < 0 ? 1e6 : 10;
    info->estimatedRows = key < 0 ? 100'000 : 1;
    if (key < 0) return SQLITE_OK;
    info->aConstraintUsage[key].argvIndex = 2;
    info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    return SQLITE_OK;
}

int open(sqlite3_vtab* on, sqlite3_vtab_cursor** made) {
    *made = new cursor(ours(on));
    return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* each) {
    const auto status = guarded(each->pVtab, [&] { ours(each).give_back(); });
    delete &ours(each);
    return status;
}

int filter(sqlite3_vtab_cursor* each, int plan, const char*, int, sqlite3_value** values) {
    return guarded(each->pVtab, [&] { ours(each).begin(plan, values); });
}

int next(sqlite3_vtab_cursor* each) {
    return guarded(each->pVtab, [&] { ours(each).next(); });
}

int eof(sqlite3_vtab_cursor* each) { return ours(each).at_end ? 1 : 0; }

int give(sqlite3_vtab_cursor* each, sqlite3_context* to, int column) {
    const auto& at = ours(each);
    if (column < static_cast<int>(at.table.of.table.columns.size())) {
        sqlite3_result_value(to, sqlite3_column_value(at.rows.handle(), column));
        return SQLITE_OK;
    }
    return guarded(each->pVtab, [&] {
        const auto text = to_rfc3339(at.when.time());
        sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    });
}

int rowid(sqlite3_vtab_cursor* each, sqlite3_int64* row) {
    *row = ours(each).number;
    return SQLITE_OK;
}

const sqlite3_module& module() {
    static const sqlite3_module made = [] {
        sqlite3_module all{};
        all.xConnect = connect;  // no xCreate: the function is there under its module's name
        all.xBestIndex = best_index;
        all.xDisconnect = disconnect;
        all.xOpen = open;
        all.xClose = close;
        all.xFilter = filter;
        all.xNext = next;
        all.xEof = eof;
        all.xColumn = give;
        all.xRowid = rowid;
        return all;
    }();
    return made;
}

}  // namespace

as_of_functions::as_of_functions(sqlite::connection& to, std::vector<historic_table> tables, as_of_gate& gate) {
    for (auto& table : tables) {
        all_.push_back(std::make_unique<function>(function{std::move(table), &to, &gate, &failure_}));
        const auto name = name_of(*all_.back());
        if (sqlite3_create_module(to.handle(), name.c_str(), &module(), all_.back().get()) != SQLITE_OK)
            throw error(errc::io_error, "adding the function " + name);
    }
}

as_of_functions::~as_of_functions() = default;

std::exception_ptr as_of_functions::take_failure() { return std::exchange(failure_, nullptr); }

}  // namespace leftfold::inline v0::detail
