#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "control/protocol.hpp"
#include "control/unix_socket.hpp"
#include "deadline.hpp"
#include "leftfold/storage/control.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/store_lock.hpp"

namespace leftfold::inline v0 {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = std::size_t{4} << 20U;

/// Waits until the socket is ready, or throws errc::timed_out.
void await(const control::descriptor& line, short what, steady::time_point deadline, const std::string& doing) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now()).count();
        if (left <= 0) throw error(errc::timed_out, doing);
        pollfd asked{line.get(), what, 0};
        if (::poll(&asked, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000))) > 0) return;
    }
}

std::string read_line(const control::descriptor& from, steady::time_point deadline, const std::string& doing) {
    std::string line;
    while (line.size() < answer_bytes_max) {
        await(from, POLLIN, deadline, doing);
        std::array<char, 4'096> bytes;
        const auto got = ::read(from.get(), bytes.data(), bytes.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) throw error(errc::io_error, doing + ": the owner hung up");
        line.append(bytes.data(), static_cast<std::size_t>(got));
        if (const auto end = line.find('\n'); end != std::string::npos) return line.substr(0, end);
    }
    throw error(errc::io_error, doing + ": the answer does not end");
}

}  // namespace

std::string ask_control(const std::filesystem::path& socket, const control_request& request,
                        std::chrono::milliseconds at_most) {
    const auto doing = fmt::format("asking for \"{}\" at {}", request.verb, socket.string());
    const auto deadline = deadline_after(at_most);
    const auto line = control::connect_to(socket);
    if (!line.is_open()) throw error(errc::locked, doing + ", where nobody listens");
    const auto text = control::encode_request(request);
    for (std::size_t sent = 0; sent != text.size();) {
        await(line, POLLOUT, deadline, doing);
        const auto more = ::send(line.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (more < 0 && errno != EAGAIN && errno != EINTR) throw error(errc::io_error, doing + ": the owner hung up");
        if (more > 0) sent += static_cast<std::size_t>(more);
    }
    return control::decode_answer(read_line(line, deadline, doing));
}

std::optional<std::string> ask_owner(const std::filesystem::path& store, const control_request& request,
                                     std::chrono::milliseconds at_most) {
    const auto directory = std::filesystem::absolute(store);
    if (!sqlite::store_lock::is_held({}, directory)) return std::nullopt;
    try {
        return ask_control(directory / "control", request, at_most);
    } catch (const error& silent) {
        if (silent.kind() != errc::locked) throw;
    }
    // Whoever holds the lock does not listen. One who seals will be gone in a moment; for others this throws, with the
    // owner's process id.
    const sqlite::store_lock free({}, directory);
    return std::nullopt;
}

}  // namespace leftfold::inline v0
