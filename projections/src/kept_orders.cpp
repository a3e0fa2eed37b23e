#include "leftfold/projections/kept_orders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "generations.hpp"
#include "leftfold/projections/start_text.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "model_database.hpp"
#include "order_book.hpp"
#include "owner_lock.hpp"
#include "process_journal.hpp"
#include "sqlite/store_lock.hpp"

namespace leftfold::inline v0 {

namespace {

/// What a process that has begun wrote. Throws errc::not_found.
detail::process_journal journal_of(event_store& store, std::string_view process) {
    detail::process_journal found(store, process);
    if (found.has_begun()) return found;
    throw error(errc::not_found,
                fmt::format("looking for process {}: none of that name has begun in this store", process));
}

std::int64_t now_us() { return complete({}).clock->wall_us(); }

}  // namespace

std::optional<std::string> ask_engine(const std::filesystem::path& database, const control_request& request,
                                      std::chrono::milliseconds at_most) {
    detail::existing_models(database);
    if (!detail::owner_lock::is_held(database)) return std::nullopt;
    try {
        return ask_control(detail::control_of(database), request, at_most);
    } catch (const error& silent) {
        if (silent.kind() != errc::locked) throw;
    }
    // Whoever holds the lock does not listen: this throws, with the owner's process id, unless it is gone by now.
    const detail::owner_lock free(database);
    return std::nullopt;
}

std::optional<std::string> ask_process(const std::filesystem::path& store, std::string_view process,
                                       const control_request& request, std::chrono::milliseconds at_most) {
    if (!sqlite::store_lock::is_held({}, store)) return std::nullopt;
    try {
        return ask_control(detail::process_control(store, process), request, at_most);
    } catch (const error& silent) {
        if (silent.kind() != errc::locked) throw;
    }
    // Nobody listens for this process: there is none, or the store's owner does not run it, and this throws as above.
    auto beside = open_sqlite(store, {.access = access::read_only, .mode = open_mode::open_existing});
    journal_of(beside, process);
    const sqlite::store_lock free({}, store);
    return std::nullopt;
}

class kept_orders::state {
public:
    explicit state(const std::filesystem::path& file) : database(detail::existing_models(file)) {}

    detail::order_book book(std::string_view projection) {
        const auto names = detail::read_model_names(database.connection());
        if (std::find(names.begin(), names.end(), projection) == names.end())
            throw error(errc::not_found, fmt::format("giving an order to projection {} in {}: it is not there",
                                                     projection, database.file().string()));
        return {database, projection};
    }

    detail::model_database database;
};

kept_orders::kept_orders(const std::filesystem::path& database) : state_(std::make_unique<state>(database)) {}

kept_orders::~kept_orders() = default;

void kept_orders::pause(std::string_view projection, std::string_view by) {
    state_->book(projection).note_pause({detail::checked_name(by), now_us()});
}

void kept_orders::resume(std::string_view projection) { state_->book(projection).forget_pause(); }

void kept_orders::seek(std::string_view projection, const start_at& where, std::string_view by) {
    // A reactor's file has its place and no rows, and so no shape of them.
    if (const auto kept = state_->database.load(projection); kept && kept->shape.empty())
        throw error(errc::unsupported, fmt::format("sending reactor {} to another place", projection));
    state_->book(projection).note_seek({to_string(where), detail::checked_name(by), now_us()});
}

void pause_process(event_store& store, std::string_view process, std::string_view by) {
    journal_of(store, process).pause(detail::checked_name(by));
}

void resume_process(event_store& store, std::string_view process, std::string_view by) {
    const auto who = detail::checked_name(by);
    auto journal = journal_of(store, process);
    if (journal.paused()) journal.resume(who);
}

}  // namespace leftfold::inline v0
