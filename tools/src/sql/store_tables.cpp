#include "sql/store_tables.hpp"

#include "sql/event_cursor.hpp"
#include "sql/stream_cursor.hpp"
#include "sql/virtual_table.hpp"

namespace leftfold::inline v0::tools {

void add_store_tables(sqlite::connection& to, shown_store& shown) {
    add_virtual_table<event_cursor>(to, "events", shown);
    add_virtual_table<stream_cursor>(to, "streams", shown);
}

}  // namespace leftfold::inline v0::tools
