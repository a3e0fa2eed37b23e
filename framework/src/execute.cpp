// The command side of repository_core: decide, append, settle what is in doubt.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "command_state.hpp"
#include "leftfold/framework/detail/repository_core.hpp"

namespace leftfold::inline v0::detail {
namespace {

/// For ever: a sum with `milliseconds::max()` would lie in the past.
constexpr std::chrono::milliseconds deadline_max = std::chrono::hours{24 * 36'525};

/// How often an append whose outcome is unknown is sent again, however quickly that fails.
constexpr int settling_attempts_max = 100;

/// The id of a command's n-th event: the same wherever and whenever the command is executed.
event_id id_of(const stream_id& stream, const command_id& command, std::size_t n) {
    return derive_event_id(fmt::format("leftfold command\n{}\n{}\n{}", to_string(stream), command.value, n));
}

bool may_pass(errc kind) {
    return kind == errc::outcome_unknown || kind == errc::io_error || kind == errc::disk_full ||
           kind == errc::timed_out || kind == errc::would_block;
}

bool is_duplicate(errc kind) { return kind == errc::partial_duplicate || kind == errc::id_reused; }

/// Waits until the store moves on, but not for long. A store in doubt may refuse even that.
void pause(event_store& store, std::chrono::milliseconds at_most) {
    try {
        store.wait_beyond(store.heads(), at_most);
    } catch (const error&) {
        return;  // the next attempt says what is wrong
    }
}

void add_if(headers& target, std::string_view name, const std::string& value) {
    if (!value.empty()) target.add(name, value);
}

headers headers_of(const command_context& context, const command_id* command) {
    headers made;
    add_if(made, header_name::correlation_id, context.correlation);
    add_if(made, header_name::causation_id, context.causation);
    add_if(made, header_name::actor, context.actor);
    add_if(made, header_name::traceparent, context.traceparent);
    if (command != nullptr) made.add(header_name::command_id, command->value);
    for (const auto& [name, value] : context.more) made.add(name, value);
    return made;
}

}  // namespace

result<executed, conflict> repository_core::execute(subject& target, const stream_id& stream, const command_id* command,
                                                    const command_context& context) {
    if (command != nullptr && command->value.empty())
        throw error(errc::invalid_argument,
                    fmt::format("executing a command with an empty id on {}", describe(stream)));
    const command_context whole = within(context, context_scope::current());
    command_state state{*this, target, stream};
    state.begin();
    for (int attempts = 1, races = 0;; ++attempts) {
        if (command != nullptr)
            if (const auto first = find_executed(stream, *command)) return *first;
        const fold_end loaded = state.load();
        std::vector<event_data> raised;
        try {
            raised = target.decide(loaded.version);
        } catch (...) {
            if (state.confirm()) throw;
            continue;
        }
        if (raised.empty()) {
            if (state.confirm()) return executed{loaded.position, loaded.version, 0, attempts};
            continue;
        }
        complete(raised, stream, command, whole);
        try {
            auto outcome = append(stream, loaded.version, raised, command != nullptr ? attempt::first : attempt::fresh);
            if (outcome) {
                state.stored(*outcome, raised);
                return executed{outcome->position, outcome->version(), raised.size(), attempts};
            }
            if (state.lost(outcome.error()) && ++races >= options_.attempts_max) return std::move(outcome).error();
        } catch (const error& refused) {
            // Nothing was stored, and on the newest state there may be something else to append, or nothing at all.
            if (refused.kind() != errc::outcome_unknown && !state.confirm()) continue;
            state.drop();
            // The same command was executed elsewhere at the same time and decided otherwise: theirs is the outcome.
            if (command == nullptr || !is_duplicate(refused.kind()) || ++races >= options_.attempts_max) throw;
        }
    }
}

/// A command's events stand side by side, since its append was one step: from the first of them on, as far as their ids
/// are the command's.
std::optional<executed> repository_core::find_executed(const stream_id& stream, const command_id& command) {
    const auto first = store_.find_event(stream, id_of(stream, command, 0));
    if (!first) return std::nullopt;
    executed found{.position = *first, .version = {}, .events = 0, .attempts = 0};
    bool is_ours = true;
    for (page_end page{first->at.plus(-1), false}; is_ours && !page.at_end;)
        page = store_.read_partition(first->partition, page.scanned_to, {}, {}, payloads::skip,
                                     [&](const event_view& event) {
                                         is_ours = event.id == id_of(stream, command, found.events);
                                         if (!is_ours) return false;
                                         found.position = event.position();
                                         found.version = event.version;
                                         ++found.events;
                                         return true;
                                     });
    return found;
}

void repository_core::complete(std::vector<event_data>& raised, const stream_id& stream, const command_id* command,
                               const command_context& context) const {
    const headers common = headers_of(context, command);
    std::size_t n = 0;
    for (event_data& event : raised) {
        headers all = common;
        for (const auto& [name, value] : event.metadata) all.add(name, value);
        event.metadata = std::move(all);
        event.occurred = context.occurred;
        event.id = command != nullptr ? id_of(stream, *command, n)
                                      : make_event_id(store_.world().clock->wall_us(), *store_.world().random);
        ++n;
    }
}

/// Appends, and when the outcome is unknown appends again under the same ids, which tells it: stored then or now, or
/// refused. Whatever else goes wrong meanwhile, the first outcome stays unknown.
result<appended, conflict> repository_core::append(const stream_id& stream, version expected,
                                                   const std::vector<event_data>& raised, attempt kind) {
    const auto now = [this] { return std::chrono::microseconds{store_.world().clock->elapsed_us()}; };
    std::optional<error> unknown;
    std::chrono::microseconds until{};
    for (int tries = 0;; ++tries) {
        try {
            return store_.append(stream, expected_version::exactly(expected), raised, {.attempt = kind});
        } catch (const error& failed) {
            if (!unknown) {
                if (failed.kind() != errc::outcome_unknown) throw;
                unknown = failed;
                kind = attempt::retry;
                until = now() + std::min(options_.deadline, deadline_max);
            }
            if (!may_pass(failed.kind()) || tries >= settling_attempts_max || now() >= until) throw error(*unknown);
        }
        if (tries > 0) pause(store_, std::chrono::milliseconds{std::min(tries, 100)});
    }
}

void repository_core::throw_exhausted(const conflict& lost) const {
    throw error(errc::conflict_exhausted,
                fmt::format("executing on {}: others appended first {} times; it is at version {} now",
                            describe(lost.stream), options_.attempts_max, lost.actual.value()));
}

}  // namespace leftfold::inline v0::detail
