#pragma once

#include <filesystem>
#include <iosfwd>

namespace bank {

/// Plays January to April 2026 in a store in `directory`, under a clock of its own, and tells what it sees; then opens
/// the same store under the machine's clock.
void tell_story(const std::filesystem::path& directory, std::ostream& out);

}  // namespace bank
