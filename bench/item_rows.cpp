#include "item_rows.hpp"

namespace bench {

namespace {

void note(leftfold::table<item_row, &item_row::key>& rows, const item_changed& e, const leftfold::recorded& at) {
    const bool known = rows.update(at.key(), [&](item_row& row) {
        row.cents += e.cents;
        ++row.changes;
    });
    if (!known) rows.insert({at.key(), e.cents, 1});
}

}  // namespace

void items_now::on(const item_changed& e, const leftfold::recorded& at) { note(rows, e, at); }
void items_in_lanes::on(const item_changed& e, const leftfold::recorded& at) { note(rows, e, at); }
void items_ever::on(const item_changed& e, const leftfold::recorded& at) { note(rows, e, at); }

}  // namespace bench
