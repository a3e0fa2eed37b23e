#pragma once
// Writes a described value as JSON.

#include <string>

#include "leftfold/framework/codec_error.hpp"
#include "leftfold/framework/detail/codec_walk.hpp"
#include "leftfold/framework/detail/json_writer.hpp"

namespace leftfold::inline v0 {

/// Appends `value` as JSON, without white space, to `out`.
///
/// Members come in order of description, those of bases first; an empty `std::optional` member is left out. The same
/// value gives the same bytes with every compiler. docs/codec.md lists what each C++ type becomes.
///
/// Throws encode_error for text that is not UTF-8, a number that is not finite, an enumerator without a name, a time
/// outside the years 0000 to 9999, raw JSON that is no JSON and nesting beyond decode_limits::depth_max; `out` is then
/// as it was. May be called from any thread. Costs no allocation beyond the growth of `out`: reuse it.
template <class T>
void encode_json(const T& value, std::string& out) {
    detail::json_writer writer{out, event_type_of<T>()};
    detail::walk(writer, value);
    writer.finish();
}

/// Returns `value` as JSON in a string of its own. Otherwise as above.
template <class T>
std::string to_json(const T& value) {
    std::string out;
    encode_json(value, out);
    return out;
}

}  // namespace leftfold::inline v0
