#include "control/unix_socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::control {

namespace {

constexpr int waiting_max = 16;

[[noreturn]] void fail(const std::filesystem::path& socket, const char* doing, int code) {
    throw error(code == EACCES || code == EROFS || code == EPERM ? errc::read_only : errc::io_error,
                fmt::format("{} {}: {}", doing, socket.string(), std::generic_category().message(code)));
}

/// An address holds 107 bytes of path. A longer one is reached through its directory, held open meanwhile.
struct reachable {
    explicit reachable(const std::filesystem::path& socket) {
        auto name = socket.string();
        if (name.size() >= sizeof address.sun_path) {
            directory = descriptor(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            if (!directory.is_open()) fail(socket, "reaching", errno);
            name = fmt::format("/proc/self/fd/{}/{}", directory.get(), socket.filename().string());
        }
        if (name.size() >= sizeof address.sun_path) fail(socket, "reaching", ENAMETOOLONG);
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

    descriptor directory;
    sockaddr_un address{};
};

descriptor make_socket(const std::filesystem::path& socket) {
    descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.is_open()) fail(socket, "making a socket for", errno);
    return made;
}

}  // namespace

descriptor::~descriptor() {
    if (number_ >= 0) ::close(number_);
}

descriptor listen_at(const std::filesystem::path& socket) {
    const reachable where(socket);
    auto made = make_socket(socket);
    if (::unlink(socket.c_str()) != 0 && errno != ENOENT) fail(socket, "replacing", errno);
    // The name gets the mode that the socket has before it is bound: nobody can slip in between.
    if (::fchmod(made.get(), 0600) != 0 || ::bind(made.get(), where.get(), sizeof where.address) != 0 ||
        ::listen(made.get(), waiting_max) != 0)
        fail(socket, "listening at", errno);
    return made;
}

descriptor connect_to(const std::filesystem::path& socket) {
    const reachable where(socket);
    auto made = make_socket(socket);
    if (::connect(made.get(), where.get(), sizeof where.address) == 0) return made;
    if (errno == ENOENT || errno == ECONNREFUSED) return {};
    if (errno == EAGAIN)
        throw error(errc::timed_out, fmt::format("asking at {}: too many wait there", socket.string()));
    fail(socket, "asking at", errno);
}

}  // namespace leftfold::inline v0::control
