#include "folded_events.hpp"

#include <fmt/format.h>

#include "continuity.hpp"
#include "decisions.hpp"
#include "leftfold/storage/error.hpp"
#include "model_database.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

folded_events read_folded_events(sqlite::connection& on, const std::filesystem::path& home,
                                 const std::string& projection, const std::string& shape, event_store& store) {
    const auto doing = [&] { return fmt::format("verifying projection {} in {}", projection, on.file().string()); };
    sqlite::statement select(on, select_model);
    const auto stored = read_model_row(select, projection);
    if (!stored) throw error(errc::not_found, doing() + ": it is not there");
    const auto reason = why_not_continued(stored, shape, store);
    if (!reason.empty()) throw error(errc::stale_model, fmt::format("{}: {}", doing(), reason));
    folded_events found{.after = cut(store.partitions()), .up_to = stored->at.consumed};
    if (has_starts(on)) {
        sqlite::statement started(on, select_start);
        if (const auto start = read_start_row(started, projection)) found.after = start->at.consumed;
    }
    sqlite::statement waiting(on, "SELECT position FROM leftfold_waiting WHERE projection = ?1");
    waiting.bind_text(1, projection);
    while (waiting.step()) found.parked.insert(parse_position(waiting.text(0)));
    found.discarded = decisions(home, projection).discarded();
    return found;
}

}  // namespace leftfold::inline v0::detail
