#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace leftfold::inline v0 {

struct event_view;

/// The state of a partition's hash chain after an event: SHA-256 over the hash before it and every stored column of the
/// event. Equal hashes at equal offsets mean equal histories. Before the first event it is all zero.
using chain_hash = std::array<std::uint8_t, 32>;

/// Writes a hash as 64 hexadecimal digits.
std::string to_hex(const chain_hash& hash);

/// Computes chain hashes, one event after another. Not thread-safe: each writer and each verifier has its own.
///
/// The bytes that are hashed stand in docs/storage_format.md, with an example. Costs about 0.2 µs for an event of 256
/// bytes.
class chain_hasher {
public:
    chain_hasher();
    ~chain_hasher();
    chain_hasher(chain_hasher&&) noexcept;
    chain_hasher& operator=(chain_hasher&&) noexcept;

    /// Returns the hash after `event`, given the hash before it. Reads every member of the event but its own integrity.
    chain_hash next(const chain_hash& before, const event_view& event);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// CRC-32C (Castagnoli), as iSCSI, ext4 and Kafka use it: of `data`, continuing from `crc`, which is 0 at the start.
/// Uses the processor's instruction where there is one.
std::uint32_t crc32c(std::string_view data, std::uint32_t crc = 0);

/// Returns the checksum over every column of the event but its payload, chain hash and payload checksum included.
std::uint32_t envelope_crc(const event_view& event);

}  // namespace leftfold::inline v0
