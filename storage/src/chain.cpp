#include "leftfold/storage/chain.hpp"

#include <openssl/evp.h>

#include <cstring>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0 {

namespace {

/// What stands first in the bytes that are hashed and checked: every column of fixed size, and how long the others are.
using fixed_columns = std::array<char, 64>;

fixed_columns fixed_columns_of(const event_view& event) {
    fixed_columns bytes{};
    char* to = bytes.data();
    const auto put = [&](const auto& value) {
        std::memcpy(to, &value, sizeof value);  // little-endian, as config.hpp asserts
        to += sizeof value;
    };
    const auto put_length = [&](std::string_view column) { put(static_cast<std::uint32_t>(column.size())); };
    put(event.at.value());
    put(event.recorded.micros());
    put(event.occurred.micros());
    put(event.version.value());
    put(event.id.bytes);
    put_length(event.category);
    put_length(event.key);
    put_length(event.type);
    put_length(event.metadata.encoded());
    return bytes;
}

std::string_view bytes_of(const auto& object) { return {reinterpret_cast<const char*>(&object), sizeof object}; }

/// Gives every column but the payload, in the order of the format, to `take`.
template <class Take>
void for_each_part(const event_view& event, Take&& take) {
    const auto fixed = fixed_columns_of(event);
    take(std::string_view(fixed.data(), fixed.size()));
    take(event.category);
    take(event.key);
    take(event.type);
    take(event.metadata.encoded());
}

void check(int outcome) {
    if (outcome != 1) throw error(errc::unsupported, "computing a chain hash: OpenSSL gave no SHA-256");
}

}  // namespace

std::string to_hex(const chain_hash& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * hash.size());
    for (const auto byte : hash) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0fU];
    }
    return text;
}

/// The algorithm and a context, both fetched once: fetching costs more than hashing a small event.
struct chain_hasher::state {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
};

chain_hasher::chain_hasher() : state_(std::make_unique<state>()) {
    check(state_->algorithm != nullptr && state_->context != nullptr ? 1 : 0);
    check(EVP_DigestInit_ex2(state_->context, state_->algorithm, nullptr));
}

chain_hasher::~chain_hasher() = default;
chain_hasher::chain_hasher(chain_hasher&&) noexcept = default;
chain_hasher& chain_hasher::operator=(chain_hasher&&) noexcept = default;

chain_hash chain_hasher::next(const chain_hash& before, const event_view& event) {
    auto* const context = state_->context;
    const auto hash = [&](std::string_view bytes) { check(EVP_DigestUpdate(context, bytes.data(), bytes.size())); };
    check(EVP_DigestInit_ex2(context, nullptr, nullptr));
    hash(bytes_of(before));
    for_each_part(event, hash);
    hash(bytes_of(std::uint64_t{event.payload.size()}));
    hash(event.payload);
    chain_hash after{};
    check(EVP_DigestFinal_ex(context, after.data(), nullptr));
    return after;
}

std::uint32_t envelope_crc(const event_view& event) {
    std::uint32_t crc = 0;
    const auto add = [&](std::string_view bytes) { crc = crc32c(bytes, crc); };
    for_each_part(event, add);
    add(bytes_of(event.integrity.payload_crc));
    add(bytes_of(event.integrity.chain));
    return crc;
}

}  // namespace leftfold::inline v0
