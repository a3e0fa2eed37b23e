/// The version of leftfold: of the headers that a program was compiled with, and of the library that it runs with.
#pragma once

#include <string_view>

#include "leftfold/storage/config.hpp"

/// The version of these headers as one number that compares: major * 10000 + minor * 100 + patch.
///
/// Before 1.0 any minor version may change the interface; the change log says what did. Stored data is another matter:
/// every version reads what every earlier version wrote.
#define LEFTFOLD_VERSION 100  // 0.1.0

/// The version of these headers as text, "major.minor.patch".
#define LEFTFOLD_VERSION_STRING "0.1.0"

namespace leftfold::inline v0 {

/// Returns the version of the library that the program runs with, "major.minor.patch".
///
/// Differs from LEFTFOLD_VERSION_STRING only when a shared library was replaced after the program was compiled. The
/// text lives as long as the program. Never throws; may be called from any thread.
std::string_view library_version() noexcept;

}  // namespace leftfold::inline v0
