#include "order_book.hpp"

#include <fmt/format.h>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"
#include "synced_commits.hpp"

namespace leftfold::inline v0::detail {

std::optional<pause_note> order_book::paused() {
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

std::optional<order_book::seek_note> order_book::wanted_seek() {
    auto& select = database_.prepared("SELECT start, by, since FROM leftfold_seeks WHERE projection = ?1");
    const sqlite::reset_at_end end(select);
    if (!select.bind_text(1, projection_).step()) return std::nullopt;
    return seek_note{std::string(select.text(0)), std::string(select.text(1)), select.number(2)};
}

void order_book::note_seek(const seek_note& note) {
    auto& put = database_.prepared("INSERT OR REPLACE INTO leftfold_seeks VALUES (?1, ?2, ?3, ?4)");
    put.bind_text(1, projection_).bind_text(2, note.start).bind_text(3, note.by).bind(4, note.since_us);
    change(put);
}

void order_book::forget_seek() {
    auto& remove = database_.prepared("DELETE FROM leftfold_seeks WHERE projection = ?1");
    remove.bind_text(1, projection_);
    change(remove);
}

std::string checked_name(std::string_view by) {
    if (by.empty() || by.size() > order_by_bytes_max)
        throw error(errc::invalid_argument, fmt::format("giving an order in the name of {} bytes: 1 to {} will do",
                                                        by.size(), order_by_bytes_max));
    if (!is_utf8(by)) throw error(errc::invalid_utf8, "giving an order in somebody's name");
    return std::string(by);
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
