#pragma once

#include <string>
#include <string_view>

namespace leftfold::inline v0::tools {

/// Makes a text fit for one line of a terminal: control characters, and bytes that are no UTF-8, as `\x1b`; a line
/// break as `\n`.
std::string one_line(std::string_view text);

}  // namespace leftfold::inline v0::tools
