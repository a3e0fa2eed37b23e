#include "sql_tables.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <map>
#include <memory>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct shown_store {
    event_store& store;
    cut as_of;
};

/// What SQLite calls a table and a cursor: its own part first, ours behind.
struct store_table : sqlite3_vtab {
    explicit store_table(shown_store& what) : sqlite3_vtab{}, shown(what) {}
    shown_store& shown;
};

void result_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void result_time(sqlite3_context* context, instant when) { result_text(context, to_rfc3339(when)); }

/// Exceptions stop here: SQLite is C. The text becomes the statement's error.
template <class Work>
int guarded(sqlite3_vtab* table, Work work) {
    try {
        work();
        return SQLITE_OK;
    } catch (const std::exception& e) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("%s", e.what());
        return SQLITE_ERROR;
    }
}

// The table of events.

enum event_column {
    c_partition,
    c_offset,
    c_recorded,
    c_occurred,
    c_category,
    c_key,
    c_version,
    c_type,
    c_id,
    c_headers,
    c_payload
};

constexpr const char* events_schema =
    "CREATE TABLE events(partition INTEGER, \"offset\" INTEGER, recorded TEXT, occurred TEXT, category TEXT, key TEXT, "
    "version INTEGER, type TEXT, id TEXT, headers TEXT, payload)";

/// The conditions that are pushed down, in the order in which their values reach xFilter.
struct pushed {
    int column;
    unsigned char op;
    char letter;
};
constexpr pushed conditions[] = {
    {c_partition, SQLITE_INDEX_CONSTRAINT_EQ, 'p'}, {c_offset, SQLITE_INDEX_CONSTRAINT_EQ, 'o'},
    {c_offset, SQLITE_INDEX_CONSTRAINT_GT, 'g'},    {c_offset, SQLITE_INDEX_CONSTRAINT_GE, 'G'},
    {c_offset, SQLITE_INDEX_CONSTRAINT_LT, 'l'},    {c_offset, SQLITE_INDEX_CONSTRAINT_LE, 'L'},
    {c_category, SQLITE_INDEX_CONSTRAINT_EQ, 'c'},  {c_type, SQLITE_INDEX_CONSTRAINT_EQ, 't'},
    {c_recorded, SQLITE_INDEX_CONSTRAINT_LE, 'R'},  {c_recorded, SQLITE_INDEX_CONSTRAINT_LT, 'R'},
    {c_recorded, SQLITE_INDEX_CONSTRAINT_GE, 'r'},  {c_recorded, SQLITE_INDEX_CONSTRAINT_GT, 'r'},
};

/// Walks the partitions one after another, a page at a time.
struct event_cursor : sqlite3_vtab_cursor {
    cut after;
    cut up_to;
    event_filter filter;
    payloads wanted = payloads::read;
    std::uint32_t partition = 0;
    event_page page;
    std::size_t next = 0;

    shown_store& shown() const { return static_cast<store_table*>(pVtab)->shown; }
    const event_view& event() const { return page[next]; }
    bool at_end() const { return next == page.size(); }

    void fill() {
        page.clear();
        next = 0;
        while (page.empty() && partition != up_to.partitions()) {
            const partition_id at(partition);
            if (after.at(at) >= up_to.at(at)) {
                ++partition;
                continue;
            }
            const auto end = shown().store.read_partition(at, after.at(at), {.up_to = up_to.at(at)}, filter, wanted,
                                                          [&](const event_view& event) {
                                                              page.add(event);
                                                              return true;
                                                          });
            after.set(at, end.at_end ? up_to.at(at) : end.scanned_to);
        }
    }

    void keep_up_to(partition_id at, offset last) { up_to.set(at, std::min(up_to.at(at), last)); }
    void skip_to(partition_id at, offset before) { after.set(at, std::max(after.at(at), before)); }

    void restrict_to(char letter, sqlite3_value* value) {
        const auto number = sqlite3_value_int64(value);
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
        const std::string text(bytes != nullptr ? bytes : "");
        for (std::uint32_t p = 0; p != up_to.partitions(); ++p) {
            const partition_id at(p);
            switch (letter) {
                case 'p':
                    if (number != p) keep_up_to(at, {});
                    break;
                case 'o':
                    keep_up_to(at, offset(number));
                    skip_to(at, offset(number - 1));
                    break;
                case 'g':
                    skip_to(at, offset(number));
                    break;
                case 'G':
                    skip_to(at, offset(number - 1));
                    break;
                case 'l':
                    keep_up_to(at, offset(number - 1));
                    break;
                case 'L':
                    keep_up_to(at, offset(number));
                    break;
                // SQLite checks times again, as text; here they only bound the scan.
                case 'R':
                    keep_up_to(at, shown().store.offset_at(at, recorded_at(parse_time(text))));
                    break;
                case 'r':
                    skip_to(at, shown().store.offset_at(
                                    at, recorded_at::from_micros(recorded_at(parse_time(text)).micros() - 1)));
                    break;
                default:
                    break;
            }
        }
        if (letter == 'c') filter.categories.push_back(text);
        if (letter == 't') filter.types.push_back(text);
    }
};

int connect_events(sqlite3* db, void* shown, int, const char* const*, sqlite3_vtab** made, char**) {
    *made = new store_table(*static_cast<shown_store*>(shown));
    return sqlite3_declare_vtab(db, events_schema);
}

int disconnect(sqlite3_vtab* table) {
    delete static_cast<store_table*>(table);
    return SQLITE_OK;
}

/// The plan is a text: one letter for each value that xFilter gets, then '-' when no payload is asked for.
int plan_events(sqlite3_vtab*, sqlite3_index_info* info) {
    std::string plan;
    for (const auto& condition : conditions) {
        for (int i = 0; i != info->nConstraint; ++i) {
            const auto& given = info->aConstraint[i];
            auto& use = info->aConstraintUsage[i];
            if (given.usable == 0 || given.iColumn != condition.column || given.op != condition.op ||
                use.argvIndex != 0)
                continue;
            plan += condition.letter;
            use.argvIndex = static_cast<int>(plan.size());
            break;
        }
    }
    info->estimatedCost =
        plan.empty() ? 1e9 : 1e9 / static_cast<double>(1 << (4 * std::min<std::size_t>(plan.size(), 6)));
    if ((info->colUsed & (sqlite3_uint64{1} << c_payload)) == 0) plan += '-';
    info->idxStr = sqlite3_mprintf("%s", plan.c_str());
    info->needToFreeIdxStr = 1;
    return info->idxStr != nullptr ? SQLITE_OK : SQLITE_NOMEM;
}

int open_events(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new event_cursor;
    return SQLITE_OK;
}

int close_events(sqlite3_vtab_cursor* cursor) {
    delete static_cast<event_cursor*>(cursor);
    return SQLITE_OK;
}

int filter_events(sqlite3_vtab_cursor* base, int, const char* plan, int count, sqlite3_value** values) {
    auto& cursor = *static_cast<event_cursor*>(base);
    return guarded(base->pVtab, [&] {
        cursor.up_to = cursor.shown().as_of;
        cursor.after = cut(cursor.up_to.partitions());
        cursor.filter = {};
        cursor.partition = 0;
        cursor.wanted = std::string_view(plan).ends_with('-') ? payloads::skip : payloads::read;
        for (int i = 0; i != count; ++i) cursor.restrict_to(plan[i], values[i]);
        cursor.fill();
    });
}

int next_event(sqlite3_vtab_cursor* base) {
    auto& cursor = *static_cast<event_cursor*>(base);
    return guarded(base->pVtab, [&] {
        if (++cursor.next == cursor.page.size()) cursor.fill();
    });
}

int events_at_end(sqlite3_vtab_cursor* base) { return static_cast<event_cursor*>(base)->at_end() ? 1 : 0; }

std::string headers_as_json(headers_view headers) {
    boost::json::array pairs;
    for (const auto& [name, value] : headers) pairs.push_back(boost::json::array{name, value});
    return boost::json::serialize(pairs);
}

void event_value(sqlite3_context* context, const event_view& event, int column) {
    switch (column) {
        case c_partition:
            return sqlite3_result_int64(context, event.partition.value());
        case c_offset:
            return sqlite3_result_int64(context, event.at.value());
        case c_recorded:
            return result_time(context, event.recorded.time());
        case c_occurred:
            return result_time(context, event.occurred.time());
        case c_category:
            return result_text(context, event.category);
        case c_key:
            return result_text(context, event.key);
        case c_version:
            return sqlite3_result_int64(context, event.version.value());
        case c_type:
            return result_text(context, event.type);
        case c_id:
            return result_text(context, to_string(event.id));
        case c_headers:
            return result_text(context, headers_as_json(event.metadata));
        default:
            break;
    }
    if (is_utf8(event.payload)) return result_text(context, event.payload);
    sqlite3_result_blob64(context, event.payload.data(), event.payload.size(), SQLITE_TRANSIENT);
}

int event_column_value(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
    event_value(context, static_cast<event_cursor*>(base)->event(), column);
    return SQLITE_OK;
}

int event_row(sqlite3_vtab_cursor* base, sqlite3_int64* row) {
    const auto& event = static_cast<event_cursor*>(base)->event();
    *row = (static_cast<sqlite3_int64>(event.partition.value()) << 48) + event.at.value();
    return SQLITE_OK;
}

// The table of streams: made whole from one scan of the envelopes when it is asked for.

constexpr const char* streams_schema =
    "CREATE TABLE streams(category TEXT, key TEXT, versions INTEGER, first_recorded TEXT, last_recorded TEXT)";

struct stream_row {
    version last{};
    recorded_at first_recorded{};
    recorded_at last_recorded{};
};

struct stream_cursor : sqlite3_vtab_cursor {
    std::map<stream_id, stream_row> rows;
    std::map<stream_id, stream_row>::const_iterator at;
    sqlite3_int64 row = 0;
};

int connect_streams(sqlite3* db, void* shown, int, const char* const*, sqlite3_vtab** made, char**) {
    *made = new store_table(*static_cast<shown_store*>(shown));
    return sqlite3_declare_vtab(db, streams_schema);
}

int plan_streams(sqlite3_vtab*, sqlite3_index_info* info) {
    info->estimatedCost = 1e9;
    return SQLITE_OK;
}

int open_streams(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new stream_cursor;
    return SQLITE_OK;
}

int close_streams(sqlite3_vtab_cursor* cursor) {
    delete static_cast<stream_cursor*>(cursor);
    return SQLITE_OK;
}

int filter_streams(sqlite3_vtab_cursor* base, int, const char*, int, sqlite3_value**) {
    auto& cursor = *static_cast<stream_cursor*>(base);
    return guarded(base->pVtab, [&] {
        auto& shown = static_cast<store_table*>(base->pVtab)->shown;
        cursor.rows.clear();
        shown.store.read_all(
            cut(shown.as_of.partitions()), shown.as_of, {}, payloads::skip, [&](const event_view& event) {
                auto& row = cursor.rows[stream_id(std::string(event.category), std::string(event.key))];
                if (row.last == version{}) row.first_recorded = event.recorded;
                row.last = event.version;
                row.last_recorded = event.recorded;
                return true;
            });
        cursor.at = cursor.rows.begin();
        cursor.row = 0;
    });
}

int next_stream(sqlite3_vtab_cursor* base) {
    auto& cursor = *static_cast<stream_cursor*>(base);
    ++cursor.at;
    ++cursor.row;
    return SQLITE_OK;
}

int streams_at_end(sqlite3_vtab_cursor* base) {
    const auto& cursor = *static_cast<stream_cursor*>(base);
    return cursor.at == cursor.rows.end() ? 1 : 0;
}

int stream_column_value(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
    const auto& [stream, row] = *static_cast<stream_cursor*>(base)->at;
    switch (column) {
        case 0:
            result_text(context, stream.category());
            break;
        case 1:
            result_text(context, stream.key());
            break;
        case 2:
            sqlite3_result_int64(context, row.last.value());
            break;
        case 3:
            result_time(context, row.first_recorded.time());
            break;
        default:
            result_time(context, row.last_recorded.time());
            break;
    }
    return SQLITE_OK;
}

int stream_rowid(sqlite3_vtab_cursor* base, sqlite3_int64* row) {
    *row = static_cast<stream_cursor*>(base)->row;
    return SQLITE_OK;
}

/// Eponymous tables: there under their module's name, without CREATE VIRTUAL TABLE.
sqlite3_module events_module() {
    sqlite3_module module{};
    module.xConnect = connect_events;
    module.xBestIndex = plan_events;
    module.xDisconnect = disconnect;
    module.xOpen = open_events;
    module.xClose = close_events;
    module.xFilter = filter_events;
    module.xNext = next_event;
    module.xEof = events_at_end;
    module.xColumn = event_column_value;
    module.xRowid = event_row;
    return module;
}

sqlite3_module streams_module() {
    sqlite3_module module{};
    module.xConnect = connect_streams;
    module.xBestIndex = plan_streams;
    module.xDisconnect = disconnect;
    module.xOpen = open_streams;
    module.xClose = close_streams;
    module.xFilter = filter_streams;
    module.xNext = next_stream;
    module.xEof = streams_at_end;
    module.xColumn = stream_column_value;
    module.xRowid = stream_rowid;
    return module;
}

void add_module(sqlite::connection& to, const char* name, const sqlite3_module& module, shown_store shown) {
    const auto drop = [](void* kept) { delete static_cast<shown_store*>(kept); };
    auto* kept = new shown_store(std::move(shown));  // SQLite calls drop, on failure too
    if (sqlite3_create_module_v2(to.handle(), name, &module, kept, drop) != SQLITE_OK)
        throw error(errc::io_error, std::string("adding the table ") + name);
}

}  // namespace

void add_store_tables(sqlite::connection& to, event_store& store, const cut& as_of) {
    static const auto events = events_module();
    static const auto streams = streams_module();
    add_module(to, "events", events, {store, as_of});
    add_module(to, "streams", streams, {store, as_of});
}

}  // namespace leftfold::inline v0::tools
