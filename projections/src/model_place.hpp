#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// Where a database of read models is: in a file, or in the memory of this process.
class model_place {
public:
    /// A file. Not explicit: wherever a place is wanted, a path is one. NOLINTNEXTLINE(google-explicit-constructor)
    model_place(std::filesystem::path file) : file_(std::move(file)) {}
    /// A file behind a VFS by its name; empty: the system's own.
    model_place(std::filesystem::path file, std::string vfs) : file_(std::move(file)), vfs_(std::move(vfs)) {}

    /// A database in memory that nobody else has. It goes with the last connection to it.
    static model_place in_memory();

    const std::filesystem::path& file() const { return file_; }
    bool is_in_memory() const { return in_memory_; }

    sqlite::connection connect(sqlite::file_access mode, std::int64_t cache_kib = 2'048) const {
        return sqlite::connection(file_, {.mode = mode, .vfs = vfs_, .cache_kib = cache_kib});
    }

private:
    std::filesystem::path file_;
    std::string vfs_;
    bool in_memory_ = false;
};

}  // namespace leftfold::inline v0::detail
