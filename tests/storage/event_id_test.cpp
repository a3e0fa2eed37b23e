#include "leftfold/storage/event_id.hpp"

#include <unordered_set>

#include "storage/expect_error.hpp"

namespace event_id_test {

using namespace leftfold;

/// Counts up, so that what is random in an id shows.
class counting final : public random_source {
public:
    std::uint64_t next() override { return 0x1111111111111111U * ++calls_; }

private:
    std::uint64_t calls_ = 0;
};

TEST(event_id, is_written_as_a_uuid_and_read_in_either_case) {
    const std::string text = "01927f3e-8c2a-7cc3-98c4-dc0c0c07398f";
    const auto id = parse_event_id(text);
    EXPECT_EQ(id.bytes[0], 0x01);
    EXPECT_EQ(id.bytes[15], 0x8f);
    EXPECT_EQ(to_string(id), text);
    EXPECT_EQ(parse_event_id("01927F3E-8C2A-7CC3-98C4-DC0C0C07398F"), id);
    EXPECT_EQ(to_string(event_id{}), "00000000-0000-0000-0000-000000000000");
    EXPECT_TRUE(event_id{}.is_nil());
    EXPECT_FALSE(id.is_nil());
}

TEST(event_id, anything_else_is_refused) {
    for (const auto* text : {"", "01927f3e8c2a7cc398c4dc0c0c07398f", "{01927f3e-8c2a-7cc3-98c4-dc0c0c07398f}",
                             "01927f3e-8c2a-7cc3-98c4-dc0c0c07398", "01927f3e-8c2a-7cc3-98c4-dc0c0c07398g",
                             "01927f3e-8c2a-7cc3-98c4-dc0c0c07398f0", "01927f3e-8c2a-7cc3-98c-4dc0c0c07398f",
                             "01927f3e_8c2a_7cc3_98c4_dc0c0c07398f", "+1927f3e-8c2a-7cc3-98c4-dc0c0c07398f"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, [&] { (void)parse_event_id(text); });
    }
}

TEST(event_id, derived_from_a_text_is_the_same_for_ever) {
    // The first half of the SHA-256 of "commit 1", computed by another program, with version 8 and the variant set.
    EXPECT_EQ(to_string(derive_event_id("commit 1")), "e600c0cb-4a6e-87d2-b2a4-3e69159ced5b");
    EXPECT_NE(derive_event_id("commit 1"), derive_event_id("commit 2"));
    EXPECT_NE(derive_event_id(""), event_id{});
}

TEST(event_id, made_by_the_store_is_a_version_7_uuid) {
    counting random;
    EXPECT_EQ(to_string(make_event_id(1'773'568'800'123'999, random)), "019cf0f0-357b-7111-a222-222222222222");
    EXPECT_EQ(to_string(make_event_id(-5, random)).substr(0, 15), "00000000-0000-7");
}

TEST(event_id, of_later_milliseconds_sort_later) {
    counting random;
    auto before = make_event_id(0, random);
    for (std::int64_t us = 1'000; us < 4'000'000'000'000'000; us = us * 3 + 1'000) {
        const auto next = make_event_id(us, random);
        EXPECT_LT(before, next) << us;
        before = next;
    }
}

TEST(event_id, hashes_ids_that_differ_in_one_bit_apart) {
    std::unordered_set<std::size_t> hashes;
    std::unordered_set<std::size_t> low_bits;
    for (std::size_t bit = 0; bit < 128; ++bit) {
        event_id id;
        id.bytes[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
        hashes.insert(event_id_hash{}(id));
        low_bits.insert(event_id_hash{}(id) % 4'096);
    }
    EXPECT_EQ(hashes.size(), 128U);
    EXPECT_GT(low_bits.size(), 115U);
}

}  // namespace event_id_test
