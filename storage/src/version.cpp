#include "leftfold/storage/version.hpp"

namespace leftfold::inline v0 {

std::string_view library_version() noexcept { return LEFTFOLD_VERSION_STRING; }

}  // namespace leftfold::inline v0
