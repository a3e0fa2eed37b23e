#include "sql/stream_cursor.hpp"

namespace leftfold::inline v0::tools {

std::string stream_cursor::plan(sqlite3_index_info& info) {
    info.estimatedCost = 1e9;
    return {};
}

void stream_cursor::begin(std::string_view, std::span<sqlite3_value*>) {
    rows_.clear();
    number_ = 0;
    shown_.store.read_all(cut(shown_.as_of.partitions()), shown_.as_of, {}, payloads::skip,
                          [&](const event_view& event) {
                              auto& row = rows_[stream_id(std::string(event.category), std::string(event.key))];
                              if (row.last == version{}) row.first_recorded = event.recorded;
                              row.last = event.version;
                              row.last_recorded = event.recorded;
                              return true;
                          });
    at_ = rows_.begin();
}

void stream_cursor::next() {
    ++at_;
    ++number_;
}

void stream_cursor::give(sqlite3_context* to, int column) const {
    const auto& [stream, row] = *at_;
    switch (column) {
        case 0:
            return give_text(to, stream.category());
        case 1:
            return give_text(to, stream.key());
        case 2:
            return sqlite3_result_int64(to, row.last.value());
        case 3:
            return give_time(to, row.first_recorded.time());
        default:
            return give_time(to, row.last_recorded.time());
    }
}

}  // namespace leftfold::inline v0::tools
