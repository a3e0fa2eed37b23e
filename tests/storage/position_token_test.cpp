#include "leftfold/storage/position_token.hpp"

#include <algorithm>
#include <cctype>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "storage/expect_error.hpp"

namespace position_token_test {

using namespace leftfold;

constexpr auto id_text = "01927f3e-8c2a-7cc3-98c4-dc0c0c07398f";

event_store open_store(std::uint32_t partitions = 4, store_epoch epoch = store_epoch{1}) {
    auto parts = make_memory_parts(partitions, parse_event_id(id_text));
    parts.epoch = epoch;
    return event_store(std::move(parts));
}

position at(std::uint32_t partition, std::int64_t where) { return {partition_id{partition}, offset{where}}; }

std::string text_of(const std::string& places) { return id_text + std::string(places); }

TEST(position_token, is_written_as_it_is_read_and_needs_no_quotes_in_a_header) {
    const auto store = open_store();
    const position_token token(store, at(2, 812));
    const auto text = to_string(token);
    EXPECT_EQ(text, text_of(".1.2:812"));
    EXPECT_EQ(parse_position_token(text), token);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '-' || letter == '.' || letter == ':';
    })) << text;
    EXPECT_EQ(to_string(position_token(store, at(0, 0))), text_of(".1.0:0"));
}

TEST(position_token, holds_the_last_place_of_each_partition_that_was_written) {
    const auto store = open_store();
    position_token token(store, at(2, 812));
    token.add({store, at(0, 5)});
    token.add({store, at(2, 813)});
    token.add({store, at(2, 7)});
    token.add({store, at(3, 1)});
    EXPECT_EQ(to_string(token), text_of(".1.0:5.2:813.3:1"));
    EXPECT_EQ(parse_position_token(to_string(token)), token);
    EXPECT_EQ(to_string(token.in(store.id(), store.epoch(), store.partitions())), "5,0,813,1");
}

TEST(position_token, of_another_store_or_epoch_is_refused) {
    const auto store = open_store();
    const auto restored = open_store(4, store_epoch{2});
    const auto other = open_memory();
    position_token token(store, at(1, 8));
    for (const auto* not_it : {&restored, &other}) {
        const auto text = expect_error(errc::stale_model,
                                       [&] { (void)token.in(not_it->id(), not_it->epoch(), not_it->partitions()); });
        EXPECT_NE(text.find(to_string(token)), std::string::npos) << text;
        expect_error(errc::stale_model, [&] { token.add({*not_it, at(1, 9)}); });
    }
    EXPECT_EQ(token, position_token(store, at(1, 8))) << "as it was";
}

TEST(position_token, of_a_partition_that_is_not_there_is_refused) {
    const auto token = parse_position_token(text_of(".1.4:1"));
    expect_error(errc::invalid_argument, [&] { (void)token.in(token.store(), token.epoch(), 4); });
}

TEST(position_token, has_one_text_and_no_other) {
    for (const auto* places : {"",
                               ".",
                               ".1",
                               ".1.",
                               ".1.2",
                               ".1.2:",
                               ".1.2:8.",
                               ".1..2:8",
                               ".-1.2:8",
                               ".x.2:8",
                               ".1x.2:8",
                               "..2:8",
                               ".01.2:8",
                               ".1.02:8",
                               ".1.2:08",
                               ".1.2:8.2:9",
                               ".1.3:8.2:9",
                               ".1.2:-8",
                               ".1.2:8 ",
                               " .1.2:8",
                               ".1.2:8,3:1",
                               ".99999999999999999999.2:8",
                               ".1.4294967296:8",
                               ".1.2:9223372036854775808"}) {
        SCOPED_TRACE(places);
        expect_error(errc::invalid_argument, [&] { (void)parse_position_token(text_of(places)); });
    }
    expect_error(errc::invalid_argument, [] { (void)parse_position_token(""); });
    expect_error(errc::invalid_argument,
                 [] { (void)parse_position_token("01927F3E-8C2A-7CC3-98C4-DC0C0C07398F.1.2:8"); });
}

TEST(position_token, has_a_longest_text_and_a_longer_one_is_not_read) {
    const auto store = open_store(1'024);
    position_token token(store, at(1'023, 9'223'372'036'854'775'807));
    for (std::uint32_t p = 0; p != position_token::places_max - 1; ++p)
        token.add({store, at(p, 9'223'372'036'854'775'807)});
    EXPECT_EQ(parse_position_token(to_string(token)), token);
    expect_error(errc::invalid_argument, [&] { token.add({store, at(500, 1)}); });
    EXPECT_EQ(token.places().size(), position_token::places_max);
    auto longer = to_string(token);
    longer.insert(longer.rfind('.'), ".500:1");
    expect_error(errc::invalid_argument, [&] { (void)parse_position_token(longer); });
    const auto told =
        expect_error(errc::invalid_argument, [] { (void)parse_position_token(std::string(1 << 20, 'x')); });
    EXPECT_LT(told.size(), 300U) << "an error that quotes a part";
}

}  // namespace position_token_test
