/// The rules of the house that no compiler holds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tidy/source.hpp"

namespace tidy {

/// One breach: "path:line: what is wrong, and what to write instead".
using finding = std::string;

/// Words a finding.
finding found(const source& file, std::size_t line, std::string_view what);

/// Finds lines over 120 columns in sources, build files and scripts. Prose may be wider: its tables must be.
std::vector<finding> long_lines(const source& file);

/// Finds includes that climb: a folder includes only itself and the folders below it.
std::vector<finding> climbing_includes(const source& file);

/// Finds what only one file may do, or none: each finding names the replacement.
std::vector<finding> banned_calls(const source& file);

/// Finds public headers that show their users a header of SQLite.
std::vector<finding> leaking_headers(const source& file);

/// Finds SQL put together from pieces. Values are bound; only names from a description are ever written into a
/// statement.
std::vector<finding> built_sql(const source& file);

/// Finds tests that do not run.
std::vector<finding> switched_off_tests(const source& file);

/// Finds files of tests without a namespace that is called as the file. Several are compiled at a time.
std::vector<finding> nameless_tests(const source& file);

/// Finds the paths of one machine.
std::vector<finding> machine_paths(const source& file);

/// Finds files over 400 lines whose reason is not listed. `reasons` maps a path to why it is long.
std::vector<finding> long_files(const source& file, const std::map<std::string, std::string>& reasons);

/// Finds headers that nothing includes.
std::vector<finding> unused_headers(const std::vector<source>& files);

/// Finds error codes that docs/errors.md does not explain.
std::vector<finding> unexplained_errors(const std::vector<source>& files);
/// A code in docs/errors.md that is not there, or has no cause or nothing to do about it.
std::vector<finding> unknown_errors(const std::vector<source>& files);

/// Finds links between pages that lead nowhere.
std::vector<finding> dead_links(const std::vector<source>& files);

/// Finds quotations that the source does not have (any more). A block of code below a line `<!-- from: PATH -->` quotes
/// the lines of that file, in order, however they are indented; a line `// …` stands for any lines left out.
std::vector<finding> stale_quotations(const std::vector<source>& files);

/// Applies all rules to all files.
std::vector<finding> all_findings(const std::vector<source>& files, const std::map<std::string, std::string>& reasons);

/// Reads lines of "path: reason".
std::map<std::string, std::string> parse_reasons(std::string_view text);

}  // namespace tidy
