#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deadline_book.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "leftfold/projections/start.hpp"
#include "leftfold/storage/event_store.hpp"
#include "standing_order.hpp"
#include "start_place.hpp"

namespace leftfold::inline v0::detail {

/// The category of the streams that say where processes begin, and that they are paused; each is named after its
/// process.
inline constexpr std::string_view process_beginnings = "process";

/// The category of the streams of a process's instances: `process.dispatch`.
inline std::string process_category(std::string_view process) { return "process." + std::string(process); }

/// The name of its checkpoint.
inline std::string process_consumer(std::string_view process) { return "process." + std::string(process); }

/// The socket where the engine takes orders that runs it over the store in that directory:
/// `rides.store/process.dispatch.control`.
inline std::filesystem::path process_control(const std::filesystem::path& store, std::string_view process) {
    return store / (process_category(process) + ".control");
}

/// Enters a decision in a book. The context says what led to it.
void enter(deadline_book& book, const std::string& key, const process_decided& what, const command_context& from);

/// What a process writes into the log and finds there again: its beginning, orders to pause and to go on, decisions
/// about deadlines, deadlines that were reached, and commands that were refused. What an event led to has an id that
/// follows from it, so that writing it again adds nothing.
class process_journal {
public:
    /// Throws errc::invalid_name for a name that makes no category.
    process_journal(const event_store& store, std::string_view process);

    /// The category of the streams of instances: `process.dispatch`.
    const std::string& category() const { return category_; }

    /// Returns where the process begins: what the log says, or else what is wanted, which is then in the log.
    start_place begin(const start_at& wanted);

    /// Whether the process began.
    bool has_begun();
    /// Returns who paused the process, and when, if it is paused.
    std::optional<pause_note> paused();
    /// Writes that it is paused, and returns when that was recorded; that it goes on.
    recorded_at pause(const std::string& by);
    void resume(const std::string& by);

    /// Reads from the log which deadlines wait, and which were reached.
    deadline_book read_book();

    /// Writes what an instance decided about its deadlines in answer to an event. What it decided in answer to the same
    /// event before stands: then it does nothing, and returns false.
    bool decide(const event_view& trigger, const std::string& key, const process_decided& what);
    /// Writes that a deadline was reached.
    void fire(const deadline& reached);
    /// Writes that a command was refused.
    void refuse(const event_view& trigger, const std::string& key, const command_refused& what);
    /// Whether that command in answer to that event was refused before.
    bool was_refused(const event_view& trigger, const std::string& key, std::int64_t number);

    /// Names a command for ever, by the event that it answers and its number.
    command_id command(const event_view& trigger, std::int64_t number) const;

private:
    bool append(const std::string& key, event_data made);

    event_store store_;
    std::string process_;
    stream_id beginning_;  // and orders
    std::string category_;
};

}  // namespace leftfold::inline v0::detail
