#pragma once

#include <string>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

/// What an error's text says before the sentence of its code: for a text that goes around it, and ends with that
/// sentence itself.
inline std::string cause_of(const error& e) {
    const std::string text = e.what();
    const auto sentence = ": " + e.code().message();
    return text.ends_with(sentence) ? text.substr(0, text.size() - sentence.size()) : text;
}

}  // namespace leftfold::inline v0::tools
