#pragma once
// Bytes as text: base64 of RFC 4648, section 4, with padding.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace leftfold::inline v0::detail {

std::string to_base64(std::span<const std::byte> bytes);

/// Gives the bytes, or nothing if the text is not what to_base64 would write for any.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace leftfold::inline v0::detail
