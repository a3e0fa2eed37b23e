#include "samples/scratch.hpp"

#include <stdlib.h>

#include <string>
#include <system_error>

scratch_directory::scratch_directory() {
    auto name = (std::filesystem::temp_directory_path() / "leftfold-samples-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
}

scratch_directory::~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}
