#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace leftfold::test_support {

/// One operation on one stream, as its client saw it.
struct stream_operation {
    enum class kind {
        append,  ///< made `version` the stream's last
        look,    ///< found `version` to be the last: a read, or an append that was refused because of it
    };
    kind what = kind::look;
    std::int64_t version = 0;
    std::int64_t began = 0;
    std::int64_t ended = std::numeric_limits<std::int64_t>::max();  ///< never, for an append nobody heard of again
};

/// Tells whether the operations on one stream can all have happened at single moments, each between its beginning and
/// its end, on a stream whose version grows by one with each append: linearizability. Returns what is wrong, or
/// nothing.
///
/// Versions name the only possible order: append 1, looks at 1, append 2, and so on. So the earliest moment at which
/// each can happen is found in one pass, and a history is refused exactly when one of them comes too late. O(n log n).
std::optional<std::string> find_violation(std::vector<stream_operation> history);

}  // namespace leftfold::test_support
