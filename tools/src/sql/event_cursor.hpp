#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sql/shown_store.hpp"

namespace leftfold::inline v0::tools {

/// The rows of the table `events`, partition after partition, a page at a time.
class event_cursor {
public:
    static constexpr const char* schema =
        "CREATE TABLE events(partition INTEGER, \"offset\" INTEGER, recorded TEXT, occurred TEXT, category TEXT, "
        "key TEXT, version INTEGER, type TEXT, id TEXT, headers TEXT, payload)";

    /// Takes what event_conditions.hpp can; a '-' at the end of the plan says that no payload is asked for.
    static std::string plan(sqlite3_index_info& info);

    explicit event_cursor(shown_store& over) : shown_(over) {}

    void begin(std::string_view plan, std::span<sqlite3_value*> values);
    bool at_end() const { return next_ == page_.size(); }
    void next();
    void give(sqlite3_context* to, int column) const;
    sqlite3_int64 row() const;

private:
    void fill();

    shown_store& shown_;
    cut after_;
    cut up_to_;
    event_filter filter_;
    payloads wanted_ = payloads::read;
    std::uint32_t partition_ = 0;
    event_page page_;
    std::size_t next_ = 0;
};

}  // namespace leftfold::inline v0::tools
