#pragma once

#include <optional>
#include <string>

#include "leftfold/storage/headers.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

struct event_view;

/// Where a command comes from. What is filled in becomes a header of every event that the command raises, under the
/// names in header_name.
struct command_context {
    /// Names the whole conversation that the command belongs to.
    std::string correlation{};
    /// Names what caused the command: mostly the id of an event.
    std::string causation{};
    /// Who wants it.
    std::string actor{};
    /// W3C trace context, as it came in.
    std::string traceparent{};
    /// Any further headers, added as they are.
    headers more{};
    /// When it happened, for what is entered late; empty: when it is recorded.
    std::optional<occurred_at> occurred{};
};

/// Returns the context for a command that follows from an event: caused by it, in its conversation (which it opens,
/// when it is in none), on behalf of its actor, in its trace.
command_context caused_by(const event_view& event);

/// Fills what `given` leaves empty from `outer`; headers in `more` of both are kept, the outer ones first.
command_context within(command_context given, const command_context& outer);

/// Lends a context to every command that this thread executes while the scope lives. Inner scopes and what a call gives
/// by itself go before outer ones.
///
///     leftfold::context_scope request{{.correlation = request_id, .actor = user}};
///
/// Must be destroyed on the thread that made it, in reverse order of making.
class context_scope {
public:
    explicit context_scope(command_context lent);
    ~context_scope();
    context_scope(const context_scope&) = delete;
    context_scope& operator=(const context_scope&) = delete;

    /// Returns the context of this thread's innermost scope, or an empty one.
    static const command_context& current();

private:
    command_context lent_;
    const command_context* outer_;
};

}  // namespace leftfold::inline v0
