#pragma once

#include <cstdint>
#include <string_view>

namespace leftfold::inline v0::detail {

// The ways to compute CRC-32C, apart so that each can be tested on a machine that has both. crc32c() in chain.hpp
// chooses.

/// By tables of constants: on any processor.
std::uint32_t crc32c_by_table(std::string_view data, std::uint32_t crc) noexcept;

/// Whether the processor has an instruction for it.
bool has_crc32c_instruction() noexcept;

/// By that instruction. Only where there is one.
std::uint32_t crc32c_by_instruction(std::string_view data, std::uint32_t crc) noexcept;

}  // namespace leftfold::inline v0::detail
