#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace fuzz {

/// A directory in memory, this process's own, which is empty at first and gone at the end.
class scratch {
public:
    scratch() {
        std::filesystem::remove_all(path_);  // of a process of that number that crashed
        std::filesystem::create_directories(path_);
    }
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_ = std::filesystem::path("/dev/shm") / ("leftfold-fuzz-" + std::to_string(::getpid()));
};

}  // namespace fuzz
