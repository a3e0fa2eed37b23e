#pragma once
// The read models that the cases fold into: all in memory, a table, a table with history.

#include "domain.hpp"
#include "leftfold/projections/projection_engine.hpp"

namespace bench {

class totals : public leftfold::projection<totals, item_changed> {
public:
    static constexpr auto projection_name = "totals";
    void on(const item_changed& e) {
        cents += e.cents;
        ++changes;
    }
    std::int64_t cents = 0;
    std::int64_t changes = 0;
};

struct item_row {
    std::string key;
    std::int64_t cents{};
    std::int64_t changes{};
};
BOOST_DESCRIBE_STRUCT(item_row, (), (key, cents, changes))

class items_now : public leftfold::projection<items_now, item_changed> {
public:
    static constexpr auto projection_name = "items_now";
    leftfold::table<item_row, &item_row::key> rows{*this, "items_now"};
    void on(const item_changed& e, const leftfold::recorded& at);
};

/// The rows of items_now, by a lane for each partition.
class items_in_lanes : public leftfold::projection<items_in_lanes, item_changed> {
public:
    static constexpr auto projection_name = "items_in_lanes";
    static constexpr auto order = leftfold::order::per_partition;
    leftfold::table<item_row, &item_row::key> rows{*this, "items_in_lanes"};
    void on(const item_changed& e, const leftfold::recorded& at);
};

class items_ever : public leftfold::projection<items_ever, item_changed> {
public:
    static constexpr auto projection_name = "items_ever";
    leftfold::table<item_row, &item_row::key> rows{*this, "items_ever", {.history = true}};
    void on(const item_changed& e, const leftfold::recorded& at);
};

}  // namespace bench
