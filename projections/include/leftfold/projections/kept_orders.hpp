#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "leftfold/projections/start.hpp"
#include "leftfold/storage/control.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Asks the engine that runs over a read-model database or a reactor's file, in whichever process, and returns the
/// answer's JSON object (docs/command_line.md has the verbs). Nothing when nobody owns the database, so that whoever
/// asks may keep an order there (kept_orders).
///
/// Throws what the verb threw; errc::locked, with the process id, when the owner does not listen: its engine was not
/// started; errc::timed_out; errc::unsupported for a verb or a version that it does not know.
std::optional<std::string> ask_engine(const std::filesystem::path& database, const control_request& request,
                                      std::chrono::milliseconds at_most = std::chrono::minutes{10});

/// The same for a process: asks the engine that runs it over the store in that directory. Nothing when nobody owns the
/// store. Throws errc::not_found when no process of that name ever began there, errc::locked when the store's owner
/// does not run it.
std::optional<std::string> ask_process(const std::filesystem::path& store, std::string_view process,
                                       const control_request& request,
                                       std::chrono::milliseconds at_most = std::chrono::minutes{10});

/// Orders for projections and reactors whose engine does not run: they are kept in the database, or in the reactor's
/// file, and obeyed by the engine that adds the projection next. Owns the database while it lives. For one thread at a
/// time.
class kept_orders {
public:
    /// Throws errc::locked when somebody owns the database, errc::not_found when it is not there, errc::foreign_file or
    /// newer_format.
    explicit kept_orders(const std::filesystem::path& database);
    ~kept_orders();
    kept_orders(const kept_orders&) = delete;
    kept_orders& operator=(const kept_orders&) = delete;

    // Each is durable on return, and throws errc::not_found when the projection is not in the database.

    /// It is paused when it is added next. `by` says whose order it is.
    void pause(std::string_view projection, std::string_view by);
    /// It folds when it is added next.
    void resume(std::string_view projection);
    /// When it is added next its rows are dropped, and it begins there. A place that is then not there is told to the
    /// observer, and nothing is dropped. One order is kept, the last. Throws errc::unsupported for a reactor.
    void seek(std::string_view projection, const start_at& where, std::string_view by);

private:
    class state;
    std::unique_ptr<state> state_;
};

// Orders for a process whose engine does not run: they are written into the log of a store that is open for writing,
// and obeyed by the engine that adds the process next. An engine that runs it now does not notice.
//
// Each is durable on return. They throw errc::not_found when no process of that name ever began in the store,
// errc::invalid_argument or invalid_utf8 for `by`, and what append() throws.

/// It is paused when it is added next. `by` says whose order it is.
void pause_process(event_store& store, std::string_view process, std::string_view by);
/// It works when it is added next. Writes nothing when it is not paused.
void resume_process(event_store& store, std::string_view process, std::string_view by);

}  // namespace leftfold::inline v0
