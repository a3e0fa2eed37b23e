#include "leftfold/storage/chain.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "../storage/src/crc32c.hpp"
#include "leftfold/storage/event.hpp"

namespace chain_test {

using namespace leftfold;

recorded_event first_event() {
    recorded_event event;
    event.at = offset{1};
    event.recorded = recorded_at::from_micros(1'773'568'800'000'000);
    event.occurred = occurred_at::from_micros(1'773'565'200'000'000);
    event.stream = stream_id("account", "alice");
    event.version = version{1};
    event.type = "bank.deposited";
    event.id = parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f");
    event.metadata = {{"correlation-id", "c-1"}, {"actor", "ann"}, {"actor", "bob"}};
    event.payload = R"({"cents":5000})";
    return event;
}

recorded_event second_event() {
    recorded_event event;
    event.at = offset{2};
    event.recorded = recorded_at::from_micros(1'773'568'800'000'001);
    event.occurred = occurred_at::from_micros(1'773'568'800'000'001);
    event.stream = stream_id("account", "alice");
    event.version = version{2};
    event.type = "bank.closed";
    event.id.bytes[15] = 1;
    return event;
}

/// Every way to alter one column that the integrity covers, by name.
std::vector<std::pair<std::string, std::function<void(recorded_event&)>>> alterations() {
    return {
        {"offset", [](auto& e) { e.at = e.at.next(); }},
        {"recorded", [](auto& e) { e.recorded = recorded_at::from_micros(e.recorded.micros() + 1); }},
        {"occurred", [](auto& e) { e.occurred = occurred_at::from_micros(e.occurred.micros() + 1); }},
        {"version", [](auto& e) { e.version = e.version.next(); }},
        {"id", [](auto& e) { e.id.bytes[7] ^= 1; }},
        {"category", [](auto& e) { e.stream = stream_id("accounu", "alice"); }},
        {"key", [](auto& e) { e.stream = stream_id("account", "alicf"); }},
        {"a byte that moved from category to key", [](auto& e) { e.stream = stream_id("accoun", "talice"); }},
        {"a byte that moved from key to type",
         [](auto& e) {
             e.stream = stream_id("account", "alic");
             e.type.insert(0, "e");
         }},
        {"type", [](auto& e) { e.type.back() = 'x'; }},
        {"headers", [](auto& e) { e.metadata.add("actor", "eve"); }},
    };
}

TEST(crc32c, gives_the_values_of_rfc_3720) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
}

TEST(crc32c, continues_from_where_it_was) {
    const std::string text = "the quick brown fox jumps over the lazy dog";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text)) << cut;
    }
}

TEST(crc32c, instruction_and_table_agree) {
    if (!detail::has_crc32c_instruction()) return;
    std::mt19937_64 random(20260315);
    for (std::size_t length = 0; length < 300; ++length) {
        std::string data(length, '\0');
        for (auto& c : data) c = static_cast<char>(random());
        const auto start = static_cast<std::uint32_t>(random());
        EXPECT_EQ(detail::crc32c_by_instruction(data, start), detail::crc32c_by_table(data, start)) << length;
    }
}

// Computed by another program from the layout in docs/storage_format.md.
TEST(chain, gives_the_hashes_of_the_format) {
    chain_hasher hasher;
    const auto first = hasher.next({}, first_event().view());
    EXPECT_EQ(to_hex(first), "026fac3d823c3a55b0e7ca9d9954c4f0f0a6226795e86593c7b6f5b58d5fb19a");
    EXPECT_EQ(to_hex(hasher.next(first, second_event().view())),
              "1225d4b16cd32b97bcb0662d2d1edea50a468e3786802623c442ee068e68da0f");
    EXPECT_EQ(hasher.next({}, first_event().view()), first) << "the hasher keeps nothing between events";
}

TEST(chain, gives_the_checksums_of_the_format) {
    auto event = first_event();
    event.integrity.chain = chain_hasher().next({}, event.view());
    event.integrity.payload_crc = crc32c(event.payload);
    EXPECT_EQ(event.integrity.payload_crc, 0x824fba0aU);
    EXPECT_EQ(envelope_crc(event.view()), 0xc3e1c6c1U);
}

TEST(chain, depends_on_every_column_and_on_the_hash_before) {
    chain_hasher hasher;
    std::set<chain_hash> hashes{hasher.next({}, first_event().view())};
    for (const auto& [name, alter] : alterations()) {
        auto event = first_event();
        alter(event);
        EXPECT_TRUE(hashes.insert(hasher.next({}, event.view())).second) << name;
    }
    auto event = first_event();
    event.payload.back() = ']';
    EXPECT_TRUE(hashes.insert(hasher.next({}, event.view())).second) << "payload";
    EXPECT_TRUE(hashes.insert(hasher.next({{1}}, first_event().view())).second) << "the hash before";
}

TEST(chain, does_not_depend_on_the_partition_or_on_checksums) {
    auto event = first_event();
    const auto hash = chain_hasher().next({}, event.view());
    event.partition = partition_id{3};
    event.integrity = {.chain = {5}, .payload_crc = 6, .envelope_crc = 7};
    EXPECT_EQ(chain_hasher().next({}, event.view()), hash);
}

TEST(envelope_crc, covers_every_column_but_the_payload) {
    const auto plain = envelope_crc(first_event().view());
    auto alters = alterations();
    alters.emplace_back("payload checksum", [](auto& e) { e.integrity.payload_crc ^= 1; });
    alters.emplace_back("chain", [](auto& e) { e.integrity.chain[0] ^= 1; });
    for (const auto& [name, alter] : alters) {
        auto event = first_event();
        alter(event);
        EXPECT_NE(envelope_crc(event.view()), plain) << name;
    }
    auto event = first_event();
    event.payload.clear();
    event.integrity.envelope_crc = 1;
    EXPECT_EQ(envelope_crc(event.view()), plain);
}

TEST(chain_hash, is_shown_in_hexadecimal) {
    chain_hash hash{};
    hash[0] = 0xa0;
    hash[31] = 0x0f;
    EXPECT_EQ(to_hex(hash), "a0" + std::string(60, '0') + "0f");
}

}  // namespace chain_test
