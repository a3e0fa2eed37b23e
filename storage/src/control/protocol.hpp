#pragma once

#include <string>
#include <string_view>

#include "leftfold/storage/control.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::control {

/// The version of the protocol, in every line.
inline constexpr int protocol_version = 1;

/// A request as a line, its line feed included, and back. Parsing throws errc::invalid_argument for what is no request
/// and errc::unsupported for another version.
std::string encode_request(const control_request& request);
control_request decode_request(std::string_view line);

/// An answer as a line: a verb's JSON object, or why it was refused; and back, where a refusal is thrown.
std::string encode_answer(std::string_view object);
std::string encode_refusal(const error& why);
std::string decode_answer(std::string_view line);

}  // namespace leftfold::inline v0::control
