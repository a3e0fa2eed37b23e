/// One source file as the tidy rules see it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

/// A file, in three readings of the same length and the same lines.
///
/// Rules about calls read `bare`, so that a comment or a message may name what it forbids; rules about SQL read `code`.
struct source {
    std::string path;  ///< from the root of the project, with forward slashes
    std::string text;  ///< as stored
    std::string code;  ///< with comments blanked
    std::string bare;  ///< with comments and the contents of literals blanked
};

/// Makes a source of a path and a text; blanks comments and literals only where the path names C++.
source make_source(std::string path, std::string text);

/// Reads all files below `root` that belong to the project: no build trees, no hidden folders but .ci.
std::vector<source> read_project(const std::filesystem::path& root);

/// Splits a text at its line ends, without them.
std::vector<std::string_view> lines_of(std::string_view text);

/// Calls the function with the number and the text of each line.
template <class Function>
void for_each_line(std::string_view text, Function&& function) {
    std::size_t number = 0;
    for (const auto line : lines_of(text)) function(++number, line);
}

/// Returns the path between the brackets or quotes of an include directive, or nothing for any other line.
std::optional<std::string> included(std::string_view line);

/// Returns whether the source is C++: a header or a translation unit.
bool is_cpp(const source& file);

}  // namespace tidy
