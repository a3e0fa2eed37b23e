#include "leftfold/storage/moment.hpp"

#include <gtest/gtest.h>

#include "framework/expect_error.hpp"
#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold {
namespace moment_test {

using namespace std::chrono_literals;

/// A store of four partitions under a clock of the test's, and the moment an hour after eight events.
struct a_moment : ::testing::Test {
    a_moment() {
        fill();
        clock->advance(1h);
        then = store.at(recorded_at{clock->now()});
        clock->advance(1h);
    }
    void fill() {
        for (int i = 0; i != 8; ++i) {
            std::vector<event_data> events;
            events.emplace_back("bank.deposited", R"({"cents":5})");
            store.append(stream_id("account", std::to_string(i)), expected_version::any(), std::move(events)).value();
        }
    }
    errc refusal(const std::string& text) const {
        try {
            parse_moment(text);
        } catch (const error& refused) {
            return refused.kind();
        }
        return errc::ok;
    }
    /// The text with one part replaced, and a checksum that is right again.
    static std::string altered(const std::string& text, std::size_t part, const std::string& by) {
        auto begin = std::size_t{0};
        for (std::size_t i = 0; i != part; ++i) begin = text.find('/', begin) + 1;
        const auto end = text.find('/', begin);
        auto body = text.substr(0, begin) + by + text.substr(end);
        body.resize(body.rfind('/'));
        std::array<char, 9> checksum{};
        std::snprintf(checksum.data(), checksum.size(), "%08x", crc32c(body));
        return body + "/" + checksum.data();
    }

    std::shared_ptr<testing::manual_clock> clock = std::make_shared<testing::manual_clock>();
    event_store store = open_memory({.partitions = 4, .store = {.world = {.clock = clock}}});
    std::optional<moment> then;
};

TEST_F(a_moment, is_the_time_and_its_cut_and_stays_what_it_is) {
    EXPECT_EQ(then->store(), store.id());
    EXPECT_EQ(then->epoch(), store.epoch());
    EXPECT_EQ(then->time(), recorded_at{clock->now() - 1h});
    EXPECT_EQ(then->cut(), store.heads());
    fill();
    EXPECT_NE(then->cut(), store.heads());
    EXPECT_EQ(store.at(then->time()), *then);
    EXPECT_NO_THROW(store.check(*then));
}

TEST_F(a_moment, names_the_events_of_its_cut) {
    EXPECT_EQ(store.at(recorded_at{clock->now() - 30min}).history(), then->history()) << "nothing happened between";
    fill();
    EXPECT_NE(store.at(recorded_at{clock->now()}).history(), then->history());
    const auto before_all = store.at(recorded_at::from_micros(0));
    EXPECT_EQ(before_all.cut(), cut(4));
    EXPECT_NO_THROW(store.check(before_all));
}

TEST_F(a_moment, is_one_word_and_read_again) {
    const auto text = to_string(*then);
    EXPECT_EQ(text.find_first_of(" \t\n'\"\\$"), std::string::npos) << "no shell has to be told: " << text;
    EXPECT_EQ(parse_moment(text), *then);
    for (const auto when : {recorded_at::from_micros(0), recorded_at::min(), recorded_at::from_micros(1)}) {
        const auto early = store.at(when);
        EXPECT_EQ(parse_moment(to_string(early)), early) << to_string(early);
    }
}

TEST_F(a_moment, of_which_any_byte_was_altered_or_cut_off_is_refused) {
    const auto text = to_string(*then);
    for (std::size_t i = 0; i != text.size(); ++i) {
        auto wrong = text;
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        EXPECT_EQ(refusal(wrong), errc::invalid_argument) << wrong;
        EXPECT_EQ(refusal(text.substr(0, i)), errc::invalid_argument) << i;
        EXPECT_EQ(refusal(text.substr(i + 1)), errc::invalid_argument) << i;
    }
    EXPECT_EQ(refusal(text + "0"), errc::invalid_argument);
    EXPECT_EQ(refusal(text + "/"), errc::invalid_argument);
    EXPECT_EQ(refusal(std::string(1 << 20, '/')), errc::invalid_argument);
    EXPECT_EQ(refusal(std::string(1 << 20, '7')), errc::invalid_argument);
}

TEST_F(a_moment, has_one_way_to_be_written) {
    const auto text = to_string(*then);
    EXPECT_EQ(altered(text, 3, "0"), text);
    EXPECT_EQ(refusal(altered(text, 0, "2026-01-01")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 0, "2026-01-01T01:00:00+00:00")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 1, "1,,2,3")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 1, "01,2,2,3")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 2, "store")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 3, "")), errc::invalid_argument);
    EXPECT_EQ(refusal(altered(text, 3, "99999999999999999999")), errc::invalid_argument);
}

TEST_F(a_moment, of_another_store_or_another_past_is_refused) {
    auto other = open_memory({.partitions = 4, .store = {.world = {.clock = clock}}});
    expect_error(errc::other_history, "another store", [&] { other.check(*then); });
    const auto text = to_string(*then);
    const auto with = [&](std::size_t part, const std::string& by) { return parse_moment(altered(text, part, by)); };
    expect_error(errc::other_history, "was restored since", [&] { store.check(with(3, "1")); });
    expect_error(errc::other_history, "here the cut of that time is " + to_string(then->cut()),
                 [&] { store.check(with(1, "1,0,0,0")); });
    expect_error(errc::other_history, "here the cut of that time is", [&] { store.check(with(1, "8")); });
    expect_error(errc::other_history, "the events of that cut are others",
                 [&] { store.check(with(4, "01927f3e-8c2a-7cc3-98c4-dc0c0c07398f")); });
    expect_error(errc::not_yet, "after now", [&] { store.check(with(0, "2999-01-01T00:00:00Z")); });
    EXPECT_NO_THROW(store.check(*then)) << "and the right one is asked as before";
}

TEST_F(a_moment, that_was_right_is_right_after_many_others_were_asked_for) {
    const auto asked = parse_moment(to_string(*then));
    for (int i = 0; i != 100; ++i) EXPECT_NO_THROW(store.check(store.at(recorded_at::from_micros(i))));
    EXPECT_NO_THROW(store.check(asked));
    const auto twin = parse_moment(altered(to_string(*then), 1, "1,0,0,0"));
    for (int i = 0; i != 2; ++i) expect_error(errc::other_history, "here the cut", [&] { store.check(twin); });
}

TEST_F(a_moment, that_has_not_come_is_none) {
    expect_error(errc::not_yet, "after now", [&] { store.at(recorded_at{clock->now() + 1s}); });
    store.close();
    expect_error(errc::store_closed, "", [&] { store.check(*then); });
}

}  // namespace moment_test
}  // namespace leftfold
