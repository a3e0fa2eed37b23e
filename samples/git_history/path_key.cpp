#include "git_history/path_key.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "git_history/quoting.hpp"
#include "leftfold/storage/names.hpp"

namespace git_history {

namespace {

constexpr std::string_view hash_prefix = "sha256:";
constexpr std::size_t hash_hex_digits = 64;

std::string hashed_key(std::string_view path) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(path.data()), path.size(), hash.data());
    std::string key(hash_prefix);
    for (const auto byte : hash) key += fmt::format("{:02x}", byte);
    return key;
}

/// Whether a path could be taken for the hash of another one, by somebody who tried.
bool looks_hashed(std::string_view path) {
    return path.size() == hash_prefix.size() + hash_hex_digits && path.starts_with(hash_prefix);
}

bool is_stream_key(std::string_view path) {
    return !path.empty() && path.size() <= leftfold::stream_key_bytes_max && leftfold::is_utf8(path) &&
           path.find('\0') == std::string_view::npos;
}

}  // namespace

path_name name_path(std::string_view path) {
    if (is_stream_key(path) && !looks_hashed(path)) return {.key = std::string(path)};
    return {.key = hashed_key(path), .path = quote_path(path)};
}

std::string path_of(std::string_view key, const std::optional<std::string>& path) {
    return path ? unquote_path(*path) : std::string(key);
}

}  // namespace git_history
