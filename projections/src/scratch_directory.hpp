#pragma once

#include <filesystem>

namespace leftfold::inline v0::detail {

/// A new, empty directory, removed with all it holds at the end of the scope.
class scratch_directory {
public:
    /// Makes it in `parent`; empty: where the system keeps what is temporary. Throws errc::io_error.
    explicit scratch_directory(const std::filesystem::path& parent = {});
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace leftfold::inline v0::detail
