#pragma once

#include <string>
#include <string_view>

namespace git_history {

/// Writes a path as git prints it with core.quotePath at its default: as it is, or, when it has a control character, a
/// quote, a backslash or a byte above 0x7f, in quotes with C escapes: `"caf\303\251"`.
std::string quote_path(std::string_view path);

/// Reads what quote_path wrote. Throws std::invalid_argument on anything else.
std::string unquote_path(std::string_view quoted);

}  // namespace git_history
