#pragma once
// The disk itself: append some bytes to a file and sync them, one write after another.

#include <filesystem>
#include <string>

#include "measure.hpp"

namespace bench {

run write_and_sync(const std::filesystem::path& file, const std::string& bytes, double seconds);

}  // namespace bench
