#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sql/shown_store.hpp"

namespace leftfold::inline v0::tools {

/// The rows of the table `streams`, in order of category and key: made whole, from one scan of the envelopes, when the
/// table is asked for.
class stream_cursor {
public:
    static constexpr const char* schema =
        "CREATE TABLE streams(category TEXT, key TEXT, versions INTEGER, first_recorded TEXT, last_recorded TEXT)";
    static std::string plan(sqlite3_index_info& info);

    explicit stream_cursor(shown_store& over) : shown_(over) {}

    void begin(std::string_view plan, std::span<sqlite3_value*> values);
    bool at_end() const { return at_ == rows_.end(); }
    void next();
    void give(sqlite3_context* to, int column) const;
    sqlite3_int64 row() const { return number_; }

private:
    struct stream_row {
        version last{};
        recorded_at first_recorded{};
        recorded_at last_recorded{};
    };

    shown_store& shown_;
    std::map<stream_id, stream_row> rows_;
    std::map<stream_id, stream_row>::const_iterator at_ = rows_.end();
    sqlite3_int64 number_ = 0;
};

}  // namespace leftfold::inline v0::tools
