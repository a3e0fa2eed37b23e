#pragma once

#include <span>
#include <string_view>

namespace leftfold::inline v0::tools {

/// A file of samples/starter, as the build put it into the program.
struct starter_file {
    std::string_view path;
    std::string_view text;
};

std::span<const starter_file> starter_files();

}  // namespace leftfold::inline v0::tools
