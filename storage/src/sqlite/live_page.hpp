#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "leftfold/storage/bulletin.hpp"

namespace leftfold::inline v0::sqlite {

/// Writes a page of the file `live` (docs/storage_format.md): little-endian, with a CRC-32C at its end.
std::string encode_live_page(const bulletin_page& page);

/// Reads one; nothing when the bytes are not a whole page, as may happen while it is being written.
std::optional<bulletin_page> decode_live_page(std::string_view bytes);

/// The same for the file `ask`: a time and its checksum.
std::string encode_asked_time(recorded_at when);
std::optional<recorded_at> decode_asked_time(std::string_view bytes);

/// The same for the file `clock`, of exactly 512 bytes, so that one sector holds it: a line of text for people, and its
/// checksum. Throws errc::corrupt when it is not whole.
std::string encode_clock_bound(recorded_at bound);
recorded_at decode_clock_bound(std::string_view text, std::string_view origin);

}  // namespace leftfold::inline v0::sqlite
