#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3_vfs;

namespace leftfold::inline v0::sqlite {

/// Returns the VFS of that name (empty: the system's own). Throws errc::invalid_argument when there is none.
sqlite3_vfs& find_vfs(std::string_view name);

/// Whether the VFS of that name works on the platform's own files. Others have no lock file and no page for other
/// processes.
bool is_platform_vfs(std::string_view vfs);

/// Whether there is a file with something in it.
bool file_exists(std::string_view vfs, const std::filesystem::path& file);

/// Deletes a file durably; that there is none is not an error.
void delete_file(std::string_view vfs, const std::filesystem::path& file);

/// A small file that is not a database, on the same VFS as the databases beside it, so that whatever that VFS does to
/// them (count, fail, lose power) happens to it too. For one thread at a time.
class raw_file {
public:
    enum class mode { read, read_write, create };

    /// Opens the file; throws errc::not_found where there is none and it is not to be made.
    raw_file(std::string_view vfs, const std::filesystem::path& file, mode how);
    ~raw_file();
    raw_file(const raw_file&) = delete;
    raw_file& operator=(const raw_file&) = delete;

    /// Returns at most `bytes` bytes from `offset`; fewer where the file ends.
    std::string read(std::int64_t offset, std::size_t bytes);
    void write(std::int64_t offset, std::string_view bytes);

    /// Makes all that was written durable; the name too, for a file that was opened to be made.
    void sync();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace leftfold::inline v0::sqlite
