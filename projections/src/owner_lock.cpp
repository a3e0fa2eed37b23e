#include "owner_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "leftfold/storage/error.hpp"
#include "sqlite/network_file_system.hpp"

namespace leftfold::inline v0::detail {

namespace {

std::string owner_named_in(int file) {
    std::array<char, 32> text{};
    const auto size = ::pread(file, text.data(), text.size(), 0);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string("unknown");
}

}  // namespace

bool owner_lock::is_held(const std::filesystem::path& database) {
    const int file = ::open((database.string() + ".lock").c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) return false;
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    const bool known = ::fcntl(file, F_OFD_GETLK, &whole) == 0;
    ::close(file);
    return known && whole.l_type != F_UNLCK;
}

owner_lock::owner_lock(const std::filesystem::path& database) {
    sqlite::refuse_network_file_system(std::filesystem::absolute(database).parent_path());
    const auto path = database.string() + ".lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
        const int why = errno;
        const auto code = why == ENOENT                   ? errc::not_found
                          : why == EACCES || why == EROFS ? errc::read_only
                                                          : errc::io_error;
        throw error(code, fmt::format("opening {}: {}", path, std::strerror(why)));
    }
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(file_, F_OFD_SETLK, &whole) != 0) {
        const auto owner = owner_named_in(file_);
        ::close(file_);
        throw error(errc::locked, fmt::format("opening {} for writing: process {} has it", database.string(), owner));
    }
    const auto me = std::to_string(::getpid());
    // The text is for people; a file system that takes no more bytes does not keep us from owning the lock.
    if (::ftruncate(file_, 0) == 0) static_cast<void>(::pwrite(file_, me.data(), me.size(), 0) < 0);
}

owner_lock::~owner_lock() { ::close(file_); }

}  // namespace leftfold::inline v0::detail
