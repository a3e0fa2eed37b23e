#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace leftfold::inline v0::tools {

struct new_project {
    std::string name;
    std::vector<std::string> files;  ///< relative to the project's directory
};

/// Writes a project to start from into `directory`, which is made, and whose last part is the project's name: the files
/// of samples/starter, with that name in the place of `starter`. When it fails, it leaves nothing behind.
///
/// Throws errc::invalid_name for a name that is not [a-z][a-z0-9_]{0,63}, or that CMake has a target of;
/// errc::already_exists when there is a file, or a directory with something in it; errc::not_found without a parent
/// directory; errc::read_only, disk_full, io_error.
new_project make_project(const std::filesystem::path& directory);

}  // namespace leftfold::inline v0::tools
