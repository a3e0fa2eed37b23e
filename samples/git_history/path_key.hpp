#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace git_history {

/// How a path is named in the store.
struct path_name {
    /// The stream key: the path itself when that is a valid key, else `sha256:` and the hash of the path in hex.
    std::string key;
    /// The path as quote_path writes it, which is always text, when the key is a hash; else nothing.
    std::optional<std::string> path{};

    friend bool operator==(const path_name&, const path_name&) = default;
};

/// Names a path. A stream key is at most 1,024 bytes of UTF-8 (semantics 2), a path of git any bytes but NUL.
path_name name_path(std::string_view path);

/// Returns the path of that name, in git's bytes.
std::string path_of(std::string_view key, const std::optional<std::string>& path);

}  // namespace git_history
