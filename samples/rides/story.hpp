#pragma once

#include <filesystem>
#include <iosfwd>

namespace rides {

/// Plays an evening of rides in a store in `directory`, under a clock of its own, and tells what it sees. One consumer
/// runs in a process of its own, which is killed. The directory is empty, or not there.
void tell_story(const std::filesystem::path& directory, std::ostream& out);

}  // namespace rides
