#pragma once
// The port between typed values and stored bytes.

#include <string>
#include <string_view>

#include "leftfold/framework/json_decode.hpp"
#include "leftfold/framework/json_encode.hpp"

namespace leftfold::inline v0 {

/// Turns values of T into bytes and back. Aggregates, snapshots and projections go through it and name no format.
///
/// The default is JSON by T's description. Specialise it for a T that wants another form; a specialisation gives the
/// same three names, appends in `encode`, throws encode_error or decode_error, and may be called from any thread.
template <class T>
struct codec {
    /// What the bytes are, as stored in the event's headers. JSON is stored as text, so that SQL can read it.
    static constexpr std::string_view content_type = "application/json";

    /// Appends the bytes of `value` to `out`. On encode_error, `out` is as it was.
    static void encode(const T& value, std::string& out) { encode_json(value, out); }

    /// Returns the value of the bytes, or throws decode_error.
    static T decode(std::string_view bytes) { return decode_json<T>(bytes); }
};

/// Appends the bytes of `value` to `out`, by its codec.
template <class T>
void encode(const T& value, std::string& out) {
    codec<T>::encode(value, out);
}

/// Returns the value of the bytes, by its codec.
template <class T>
T decode(std::string_view bytes) {
    return codec<T>::decode(bytes);
}

/// Sets `value` from the bytes, by its codec. On decode_error, `value` is as it was.
template <class T>
void decode(std::string_view bytes, T& value) {
    value = codec<T>::decode(bytes);
}

}  // namespace leftfold::inline v0
