#pragma once
// How much a document may ask of its reader.

#include <cstddef>

namespace leftfold::inline v0 {

/// Bounds what a document may make the reader do.
struct decode_limits {
    /// The deepest nesting of objects and arrays, those in ignored members and raw JSON included. Each level takes a
    /// few hundred bytes of stack.
    std::size_t depth_max = 64;
};

}  // namespace leftfold::inline v0
