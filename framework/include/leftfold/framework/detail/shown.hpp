#pragma once
// A value as text: JSON where JSON can say it.

#include <string>

#include "leftfold/framework/json_encode.hpp"
#include "leftfold/framework/to_text.hpp"

namespace leftfold::inline v0::detail {

template <class T>
std::string shown(const T& value) {
    try {
        return to_json(value);
    } catch (const encode_error&) {
        return to_text(value);
    }
}

/// The sign of a number, zeros and NaNs included, without <cmath>.
template <class Number>
bool signbit_of(Number value) {
    return __builtin_signbit(value) != 0;
}

/// Whether it is not a number, without <cmath>.
template <class Number>
bool is_nan(Number value) {
    return __builtin_isnan(value) != 0;
}

}  // namespace leftfold::inline v0::detail
