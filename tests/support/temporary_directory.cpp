#include "support/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace leftfold::test_support {

temporary_directory::temporary_directory(where place) {
    std::filesystem::path parent = std::filesystem::temp_directory_path();
    if (place == where::in_memory && std::filesystem::is_directory("/dev/shm")) parent = "/dev/shm";
    auto name = (parent / "leftfold-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "making " + name);
    path_ = name;
}

temporary_directory::~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace leftfold::test_support
