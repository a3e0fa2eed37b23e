#pragma once
// The grammar of JSON's numbers.

#include <string_view>

namespace leftfold::inline v0::detail {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Gives the end of the number at `at` by JSON's grammar, or nullptr if there is none.
inline const char* end_of_number(const char* at, const char* end) {
    const auto digits = [&] {
        const char* const first = at;
        while (at != end && is_digit(*at)) ++at;
        return at != first;
    };
    if (at != end && *at == '-') ++at;
    if (at != end && *at == '0')
        ++at;
    else if (!digits())
        return nullptr;
    if (at != end && *at == '.') {
        ++at;
        if (!digits()) return nullptr;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        if (!digits()) return nullptr;
    }
    return at;
}

/// Says whether what follows a number belongs to one: the text then has no number there.
inline bool goes_on(const char* at, const char* end) {
    return at != end && (is_digit(*at) || std::string_view{".eE+-"}.find(*at) != std::string_view::npos);
}

}  // namespace leftfold::inline v0::detail
