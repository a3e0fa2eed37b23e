#include "scratch_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

scratch_directory::scratch_directory(const std::filesystem::path& parent) {
    auto name = ((parent.empty() ? std::filesystem::temp_directory_path() : parent) / "leftfold-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        throw error(errc::io_error, "making " + name + ": " + std::generic_category().message(errno));
    path_ = name;
}

scratch_directory::~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace leftfold::inline v0::detail
