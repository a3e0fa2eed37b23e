#include "order_book.hpp"

#include "synced_commits.hpp"

namespace leftfold::inline v0::detail {

std::optional<order_book::pause_note> order_book::paused() {
    auto& select = database_.prepared("SELECT by, since FROM leftfold_paused WHERE projection = ?1");
    const sqlite::reset_at_end end(select);
    if (!select.bind_text(1, projection_).step()) return std::nullopt;
    return pause_note{std::string(select.text(0)), select.number(1)};
}

void order_book::note_pause(const pause_note& note) {
    auto& put = database_.prepared("INSERT OR REPLACE INTO leftfold_paused VALUES (?1, ?2, ?3)");
    put.bind_text(1, projection_).bind_text(2, note.by).bind(3, note.since_us);
    change(put);
}

void order_book::forget_pause() {
    auto& remove = database_.prepared("DELETE FROM leftfold_paused WHERE projection = ?1");
    remove.bind_text(1, projection_);
    change(remove);
}

/// In a transaction of its own, which rings the bell of whoever waits in another process.
void order_book::change(sqlite::statement& by) {
    const synced_commits synced(database_.connection());
    database_.begin();
    try {
        by.run();
        database_.commit();
    } catch (...) {
        database_.roll_back();
        throw;
    }
}

}  // namespace leftfold::inline v0::detail
