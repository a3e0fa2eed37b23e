#include "one_line.hpp"

#include <fmt/format.h>

#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0::tools {

std::string one_line(std::string_view text) {
    const bool valid = is_utf8(text);
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            line += "\\n";
        else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !valid))
            line += fmt::format("\\x{:02x}", byte);
        else
            line += c;
    }
    return line;
}

}  // namespace leftfold::inline v0::tools
