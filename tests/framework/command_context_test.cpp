#include "leftfold/framework/command_context.hpp"

#include <gtest/gtest.h>

#include "leftfold/storage/event.hpp"

namespace command_context_test {

using leftfold::caused_by, leftfold::command_context, leftfold::context_scope, leftfold::within;

TEST(command_context, outer_values_fill_what_is_left_empty) {
    const command_context outer{.correlation = "c", .actor = "ann", .more = {{"tenant", "1"}}};
    const command_context whole = within({.actor = "ben", .more = {{"tenant", "2"}}}, outer);
    EXPECT_EQ(whole.correlation, "c");
    EXPECT_EQ(whole.actor, "ben");
    EXPECT_EQ(whole.more, (leftfold::headers{{"tenant", "1"}, {"tenant", "2"}}));
}

TEST(command_context, scopes_nest_and_end) {
    EXPECT_EQ(context_scope::current().actor, "");
    {
        const context_scope outer{{.correlation = "c", .actor = "ann"}};
        {
            const context_scope inner{{.actor = "ben"}};
            EXPECT_EQ(context_scope::current().correlation, "c");
            EXPECT_EQ(context_scope::current().actor, "ben");
        }
        EXPECT_EQ(context_scope::current().actor, "ann");
    }
    EXPECT_EQ(context_scope::current().correlation, "");
}

TEST(command_context, what_an_event_causes_stays_in_its_conversation) {
    leftfold::recorded_event event;
    event.id = leftfold::derive_event_id("e");
    event.metadata = {{"correlation-id", "c"}, {"actor", "ann"}, {"traceparent", "00-1-2-01"}};
    const auto next = caused_by(event.view());
    EXPECT_EQ(next.causation, to_string(event.id));
    EXPECT_EQ(next.correlation, "c");
    EXPECT_EQ(next.actor, "ann");
    EXPECT_EQ(next.traceparent, "00-1-2-01");
}

TEST(command_context, an_event_outside_any_conversation_opens_one) {
    leftfold::recorded_event event;
    event.id = leftfold::derive_event_id("e");
    EXPECT_EQ(caused_by(event.view()).correlation, to_string(event.id));
}

}  // namespace command_context_test
