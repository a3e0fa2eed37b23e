#pragma once
// A piece of JSON that is kept as it was written.

#include <string>

namespace leftfold::inline v0 {

/// Holds one JSON value as text, byte for byte as it stood in the document: white space, order of members, digits of
/// numbers and all. Use it to carry what the application does not look into.
///
/// Reading checks that it is a valid value; writing checks it again, since `text` may have been set to anything.
struct raw_json {
    std::string text = "null";

    friend bool operator==(const raw_json&, const raw_json&) = default;
};

}  // namespace leftfold::inline v0
