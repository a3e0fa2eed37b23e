#pragma once

#include <filesystem>
#include <string_view>

namespace leftfold::test_support {

/// A new empty directory, removed with all it holds at the end of the scope.
class temporary_directory {
public:
    /// In memory where the system has such a place: for tests that make thousands of files.
    enum class where { on_disk, in_memory };

    explicit temporary_directory(where place = where::on_disk);
    ~temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace leftfold::test_support
