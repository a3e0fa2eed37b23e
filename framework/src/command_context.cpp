#include "leftfold/framework/command_context.hpp"

#include <utility>

#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0 {
namespace {

thread_local const command_context* innermost = nullptr;

std::string value_of(headers_view metadata, std::string_view name) {
    return std::string{metadata.find(name).value_or(std::string_view{})};
}

void fill(std::string& own, const std::string& outer) {
    if (own.empty()) own = outer;
}

}  // namespace

command_context caused_by(const event_view& event) {
    command_context made;
    made.causation = to_string(event.id);
    made.correlation = value_of(event.metadata, header_name::correlation_id);
    fill(made.correlation, made.causation);
    made.actor = value_of(event.metadata, header_name::actor);
    made.traceparent = value_of(event.metadata, header_name::traceparent);
    return made;
}

command_context within(command_context given, const command_context& outer) {
    fill(given.correlation, outer.correlation);
    fill(given.causation, outer.causation);
    fill(given.actor, outer.actor);
    fill(given.traceparent, outer.traceparent);
    if (!given.occurred) given.occurred = outer.occurred;
    if (!outer.more.empty()) {
        headers both = outer.more;
        for (const auto& [name, value] : given.more) both.add(name, value);
        given.more = std::move(both);
    }
    return given;
}

context_scope::context_scope(command_context lent)
    : lent_(within(std::move(lent), current())), outer_(std::exchange(innermost, &lent_)) {}

context_scope::~context_scope() {
    LEFTFOLD_ASSERT(innermost == &lent_ && "scopes end in reverse order, on their own thread");
    innermost = outer_;
}

const command_context& context_scope::current() {
    static const command_context none;
    return innermost != nullptr ? *innermost : none;
}

}  // namespace leftfold::inline v0
