// The bytes of ids and hashes, as a database takes them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace leftfold::inline v0::sqlite {

/// The bytes of an id or a hash, for bind_blob(); valid as long as they are.
inline std::string_view as_blob(std::span<const std::uint8_t> of) {
    return {reinterpret_cast<const char*>(of.data()), of.size()};
}

}  // namespace leftfold::inline v0::sqlite
