#include "sqlite/run_format.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "leftfold/storage/error.hpp"

namespace run_format_test {

using namespace leftfold;
using namespace leftfold::sqlite;

run_salt counting_salt() {
    run_salt salt;
    for (std::size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<std::uint8_t>(i);
    return salt;
}

std::string hex(std::string_view bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
    }
    return text;
}

std::vector<run_entry> read(std::string_view block) {
    std::vector<run_entry> entries;
    for (block_reader reader(block); reader.next();) entries.push_back(reader.entry());
    return entries;
}

TEST(run_key, hashes_as_the_published_vectors_of_siphash_say) {
    // The first, ninth and sixteenth of vectors_sip128 in the reference implementation: messages 00, 01, 02 …
    const auto of = [](std::string_view message) {
        const auto key = siphash(counting_salt(), message);
        std::string bytes(16, '\0');
        std::memcpy(bytes.data(), &key.high, 8);
        std::memcpy(bytes.data() + 8, &key.low, 8);
        return hex(bytes);
    };
    EXPECT_EQ(of(""), "a3817f04ba25a8e66df67214c7550293");
    EXPECT_EQ(of(std::string("\0\1\2\3\4\5\6\7", 8)), "3b62a9ba6258f5610f83e264f31497b4");
    EXPECT_EQ(of(std::string("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16", 15)), "5493e99933b0a8117e08ec0f97cfc3d9");
}

TEST(run_key, of_a_stream_depends_on_category_key_and_salt) {
    const run_hasher hasher(counting_salt());
    const auto key = hasher.of_stream("account", "alice");
    EXPECT_EQ(key, hasher.of_stream("account", "alice"));
    EXPECT_NE(key, hasher.of_stream("account", "alicf"));
    EXPECT_NE(key, hasher.of_stream("accoun", "talice"));
    EXPECT_NE(key, run_hasher(run_salt{}).of_stream("account", "alice"));
    EXPECT_EQ(key, siphash(counting_salt(), "account-alice"));
    const std::string longest(5'000, 'k');
    EXPECT_EQ(hasher.of_stream("account", longest), siphash(counting_salt(), "account-" + longest));
}

TEST(run_key, can_be_cut_short_so_that_streams_collide) {
    EXPECT_EQ(run_hasher({}, 0).of_stream("a", "1"), run_key{});
    const auto whole = run_hasher({}).of_stream("a", "1");
    EXPECT_EQ(run_hasher({}, 4).of_stream("a", "1"), (run_key{whole.high >> 60U << 60U, 0}));
    EXPECT_EQ(run_hasher({}, 68).of_stream("a", "1"), (run_key{whole.high, whole.low >> 60U << 60U}));
}

TEST(run_filter, never_denies_a_key_that_it_was_made_of_and_seldom_passes_another) {
    const run_hasher hasher(counting_salt());
    std::vector<std::uint64_t> keys;
    for (int i = 0; i < 10'000; ++i) keys.push_back(hasher.of_stream("in", std::to_string(i)).mixed());
    const auto filter = run_filter::from(run_filter::of(keys).bytes());
    int passed = 0;
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_TRUE(filter.may_hold(hasher.of_stream("in", std::to_string(i))));
        passed += filter.may_hold(hasher.of_stream("out", std::to_string(i))) ? 1 : 0;
    }
    EXPECT_LT(passed, 300);
    EXPECT_GT(passed, 0);
    EXPECT_LE(filter.bytes().size(), 12'600);
}

TEST(run_filter, that_is_empty_passes_every_key) {
    EXPECT_TRUE(run_filter{}.may_hold({1, 2}));
    EXPECT_TRUE(run_filter::from("not a filter").may_hold({1, 2}));
}

TEST(run_block, has_the_bytes_that_the_format_document_shows) {
    block_writer writer;
    writer.add({{.high = 0x1122, .low = 0x0102030405060708}, 1, 5});
    writer.add({{.high = 0x1122, .low = 0x0102030405060708}, 2, 9});
    writer.add({{.high = 0x1122, .low = 0x0102030405060708}, 7, 300});
    writer.add({{.high = 0x1124, .low = 0}, 0, 6});
    EXPECT_EQ(hex(writer.take()),
              "04"
              "a222"
              "0807060504030201"
              "05"
              "21"
              "9b12"
              "05"
              "02"
              "02"
              "06");
}

TEST(run_block, gives_back_what_was_put_in) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<run_entry> entries;
        const auto spread = random() % 3 == 0 ? 4U : ~0U;
        for (int i = 0; i < 100; ++i) {
            run_key key{random() % spread << (random() % 33), random() % 2 == 0 ? 0 : random() % spread};
            entries.push_back({key, static_cast<std::int64_t>(random() % (1U << random() % 32)),
                               static_cast<std::int64_t>(random() >> (5 + random() % 58))});
        }
        std::ranges::sort(entries);
        block_writer writer;
        std::size_t written = 0;
        while (written < entries.size() && writer.has_room()) writer.add(entries[written++]);
        entries.resize(written);
        const auto bytes = writer.take();
        EXPECT_LE(bytes.size() + 4, block_bytes_max);
        ASSERT_TRUE(read(bytes) == entries) << "round " << round;
        EXPECT_TRUE(writer.empty());
    }
}

TEST(run_block, of_any_bytes_is_read_to_an_end_or_refused) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        try {
            read(bytes);
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), errc::corrupt);
        }
    }
}

TEST(run_section, gives_back_what_was_put_in_and_refuses_what_is_cut_short) {
    run_section section{
        .entries = 3, .fences = {{{1, 2}, 3, 4}, {{5, 6}, 7, 8}}, .last = {{9, 10}, 11, 12}, .filter = {}};
    section.filter = run_filter::of(std::vector<std::uint64_t>{1, 2, 3});
    const auto bytes = encode(section);
    const auto read = decode_section(bytes);
    EXPECT_EQ(read.entries, 3);
    EXPECT_EQ(read.fences, section.fences);
    EXPECT_EQ(read.last, section.last);
    EXPECT_EQ(read.filter.bytes(), section.filter.bytes());
    for (std::size_t size = 0; size < 4 + 8 + 3 * 32; ++size)
        EXPECT_THROW(decode_section(std::string_view(bytes).substr(0, size)), error);
}

TEST(run_row, is_refused_after_any_flipped_bit_and_in_any_other_place) {
    const auto salt = counting_salt();
    const run_row_id id{.run = 7, .part = run_part_kind::ids, .number = 9};
    std::string sealed = "some bytes";
    seal_row(salt, run_table::blocks, id, sealed);
    EXPECT_EQ(open_row(salt, run_table::blocks, id, sealed), "some bytes");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto damaged = sealed;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        EXPECT_THROW(open_row(salt, run_table::blocks, id, damaged), error);
    }
    EXPECT_THROW(open_row(run_salt{}, run_table::blocks, id, sealed), error);
    EXPECT_THROW(open_row(salt, run_table::sections, id, sealed), error);
    EXPECT_THROW(open_row(salt, run_table::blocks, {7, run_part_kind::ids, 8}, sealed), error);
    EXPECT_THROW(open_row(salt, run_table::blocks, {7, run_part_kind::streams, 9}, sealed), error);
    EXPECT_THROW(open_row(salt, run_table::blocks, id, "abc"), error);
}

}  // namespace run_format_test
