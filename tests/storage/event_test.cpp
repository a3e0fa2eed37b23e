#include "leftfold/storage/event.hpp"

#include <gtest/gtest.h>

namespace event_test {

using namespace leftfold;

recorded_event sample(std::int64_t at, std::string payload) {
    recorded_event event;
    event.partition = partition_id{2};
    event.at = offset{at};
    event.recorded = recorded_at::from_micros(10 * at);
    event.occurred = occurred_at::from_micros(-at);
    event.stream = stream_id("account", "alice");
    event.version = version{at};
    event.type = "bank.deposited";
    event.id = derive_event_id(std::to_string(at));
    event.metadata = {{"actor", "ann"}, {"actor", "bob"}};
    event.payload = std::move(payload);
    event.integrity.payload_crc = 7;
    event.integrity.envelope_crc = 8;
    event.integrity.chain[31] = 9;
    return event;
}

TEST(recorded_event, is_a_copy_of_the_whole_view) {
    const auto event = sample(3, "{}");
    EXPECT_EQ(recorded_event(event.view()), event);
    EXPECT_EQ(event.view().position(), (position{partition_id{2}, offset{3}}));
}

TEST(event_page, keeps_what_it_was_given) {
    event_page page;
    std::vector<recorded_event> given;
    for (int i = 1; i <= 2'000; ++i) given.push_back(sample(i, std::string(static_cast<std::size_t>(i % 300), 'p')));
    given.push_back(sample(2'001, std::string(1 << 20, 'q')));
    given.push_back(sample(2'002, ""));
    std::size_t bytes = 0;
    for (const auto& event : given) {
        auto borrowed = event;
        page.add(borrowed.view());
        borrowed.payload.assign(borrowed.payload.size(), 'x');  // the page has its own
        bytes += event.payload.size() + event.stream.category().size() + event.stream.key().size() + event.type.size() +
                 event.metadata.encoded().size();
    }
    ASSERT_EQ(page.size(), given.size());
    EXPECT_EQ(page.bytes(), bytes);
    for (std::size_t i = 0; i < given.size(); ++i) EXPECT_EQ(recorded_event(page[i]), given[i]) << i;
}

TEST(event_page, is_empty_after_clear_and_can_be_filled_again) {
    event_page page;
    const auto large = sample(1, std::string(200'000, 'a'));
    for (int round = 0; round < 3; ++round) {
        page.add(large.view());
        page.add(sample(2, "b").view());
        EXPECT_EQ(recorded_event(page[0]), large);
        EXPECT_EQ(recorded_event(page[1]), sample(2, "b"));
        page.clear();
        EXPECT_TRUE(page.empty());
        EXPECT_EQ(page.bytes(), 0U);
    }
}

TEST(event_page, its_views_stay_valid_through_a_move) {
    event_page page;
    page.add(sample(1, "short").view());
    const auto* const bytes = page[0].payload.data();
    event_page moved(std::move(page));
    EXPECT_EQ(moved[0].payload.data(), bytes);
    EXPECT_EQ(recorded_event(moved[0]), sample(1, "short"));
    page.add(sample(2, "again").view());  // NOLINT(bugprone-use-after-move): a moved-from page is an empty one
    EXPECT_EQ(page.size(), 1U);
    moved = std::move(page);
    EXPECT_EQ(recorded_event(moved[0]), sample(2, "again"));
}

}  // namespace event_test
