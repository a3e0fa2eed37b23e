// What is written on disk, byte for byte: the examples of docs/storage_format.md. A change here is a change of format.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/fork_record.hpp"
#include "sqlite/live_page.hpp"
#include "sqlite/manifest.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold::sqlite {
namespace format_test {

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 0xFU];
    }
    return text;
}

const auto ides = recorded_at::from_micros(1'773'532'800'000'000);

TEST(format, the_manifest_is_one_sector_of_text) {
    const manifest store{.id = parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f"), .partitions = 4};
    const auto text = to_text(store);
    EXPECT_EQ(text.size(), 512u);
    EXPECT_EQ(text.substr(0, text.find("\n\n")),
              "leftfold store\nformat 1\nid 01927f3e-8c2a-7cc3-98c4-dc0c0c07398f\npartitions 4\nepoch 1\ncrc 2a13a986");
    EXPECT_EQ(parse_manifest(text, "manifest"), store);
}

TEST(format, a_manifest_with_any_altered_letter_is_refused) {
    const auto text = to_text({.id = parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f"), .partitions = 4});
    for (std::size_t i = 0; i != text.find("\n\n"); ++i) {
        auto altered = text;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        EXPECT_THROW(parse_manifest(altered, "manifest"), error) << "letter " << i;
    }
}

TEST(format, a_fork_says_where_it_left_its_parent) {
    const fork_record left{
        .parent = parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f"),
        .path = "/srv/bank.store",
        .time = ides,
        .heads = {{offset(1), recorded_at::from_micros(ides.micros() - 1'000'000), {0x02, 0x6f}}, {}}};
    auto text = to_text(left);
    EXPECT_EQ(parse_fork_record(text, 2, "fork"), left);
    EXPECT_EQ(text.substr(0, text.find("head")),
              "leftfold fork\nparent 01927f3e-8c2a-7cc3-98c4-dc0c0c07398f\nepoch 1\npath /srv/bank.store\n"
              "time 1773532800000000\ndepth 1\n");
    const manifest store{.format = fork_format_version, .id = left.parent, .partitions = 2, .fork = checksum_of(left)};
    EXPECT_EQ(parse_manifest(to_text(store), "manifest"), store);
    for (auto& letter : text) {
        letter = static_cast<char>(letter ^ 1);
        EXPECT_THROW(parse_fork_record(text, 2, "fork"), error) << text;
        letter = static_cast<char>(letter ^ 1);
    }
    EXPECT_THROW(parse_fork_record(text, 3, "fork"), error);
}

TEST(format, the_example_of_a_fork_is_whole) {
    const std::string text =
        "leftfold fork\nparent 01927f3e-8c2a-7cc3-98c4-dc0c0c07398f\nepoch 1\npath /srv/bank.store\n"
        "time 1773532800000000\ndepth 1\n"
        "head 1 1773532799000000 026fac3d823c3a55b0e7ca9d9954c4f0f0a6226795e86593c7b6f5b58d5fb19a\n"
        "head 0 0 0000000000000000000000000000000000000000000000000000000000000000\ncrc 21c58462\n";
    EXPECT_EQ(to_text(parse_fork_record(text, 2, "fork")), text);
}

TEST(format, the_clock_bound_is_one_sector_of_text) {
    const auto text = encode_clock_bound(ides);
    EXPECT_EQ(text.size(), 512u);
    EXPECT_EQ(text.substr(0, text.find("\n\n")), "clock 1773532800000000\ncrc e7ec8a79");
    EXPECT_EQ(decode_clock_bound(text, "clock"), ides);
    EXPECT_THROW(decode_clock_bound(text.substr(0, 100), "clock"), error);
}

TEST(format, the_live_page_is_laid_out_as_described) {
    const bulletin_page page{
        .epoch = store_epoch(1), .sequence = 7, .closed = {ides, partition_id(1)}, .heads = {offset(3), offset(0)}};
    const auto bytes = encode_live_page(page);
    EXPECT_EQ(hex(bytes),
              "6c666c697665320a0100000000000000070000000000000000a08ac8044d060001000000"
              "0200000003000000000000000000000000000000410600a4");
    EXPECT_EQ(decode_live_page(bytes), page);
    for (std::size_t length = 0; length != bytes.size(); ++length)
        EXPECT_EQ(decode_live_page(bytes.substr(0, length)), std::nullopt);
}

TEST(format, a_question_is_laid_out_as_described) {
    EXPECT_EQ(hex(encode_asked_time(ides)), "6c6661736b30310a00a08ac8044d0600d6a329d3");
    EXPECT_EQ(decode_asked_time(encode_asked_time(ides)), ides);
    EXPECT_EQ(decode_asked_time(""), std::nullopt);
}

TEST(format, the_schema_is_that_of_format_1) {
    const test_support::temporary_directory place;
    open_sqlite(place / "bank.store", {.partitions = 1});
    connection db(place / "bank.store/partition-0000.db", {});
    const auto schema = db.query_text(
        "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)");
    EXPECT_EQ(crc32c(schema), 1'514'955'751U) << schema;
    EXPECT_EQ(db.query_number("PRAGMA application_id"), 0x4C464C44);
    EXPECT_EQ(db.query_number("PRAGMA user_version"), 1);
    EXPECT_EQ(db.query_number("PRAGMA page_size"), 4'096);
    EXPECT_EQ(db.query_text("PRAGMA journal_mode"), "wal");
}

}  // namespace format_test
}  // namespace leftfold::sqlite
