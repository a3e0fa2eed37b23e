#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <vector>

#include "control/protocol.hpp"
#include "control/unix_socket.hpp"
#include "fork_guard.hpp"
#include "leftfold/storage/control.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"
#include "sqlite/fork_descriptors.hpp"

namespace leftfold::inline v0 {

namespace {

using steady = std::chrono::steady_clock;

/// After the system gave no descriptor for a client, how long nobody is let in.
constexpr std::chrono::seconds pause_after_failure{1};

}  // namespace

/// Where clients are served: one thread, one poll, nothing that blocks but the verbs.
class control_listener::hall {
public:
    hall(std::filesystem::path socket, control_verbs verbs, control_limits limits, std::shared_ptr<observer> told)
        : socket_(std::move(socket)),
          verbs_(std::move(verbs)),
          limits_(limits),
          told_(std::move(told)),
          generation_(fork_generation()),
          door_(control::listen_at(socket_)),
          end_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        sqlite::close_in_children(door_.get());
    }

    ~hall() {
        sqlite::keep_in_children(door_.get());
        if (generation_ == fork_generation()) ::unlink(socket_.c_str());
    }
    hall(const hall&) = delete;
    hall& operator=(const hall&) = delete;

    void end() {
        ending_ = true;
        const std::uint64_t one = 1;
        static_cast<void>(!::write(end_.get(), &one, sizeof one));
    }

    void serve() {
        while (!ending_) {
            std::vector<pollfd> asked{{end_.get(), POLLIN, 0}, {is_open() ? door_.get() : -1, POLLIN, 0}};
            for (const auto& each : clients_) asked.push_back({each.line.get(), POLLIN, 0});
            ::poll(asked.data(), asked.size(), wait_ms());
            for (std::size_t i = 0; i != clients_.size(); ++i)
                if (asked[i + 2].revents != 0) hear(clients_[i]);
            if ((asked[1].revents & POLLIN) != 0) let_in();
            const auto now = steady::now();
            std::erase_if(clients_, [&](const client& each) { return !each.line.is_open() || each.silent_at <= now; });
        }
        clients_.clear();
    }

private:
    /// Somebody who is connected, and what they have said of their next line so far.
    struct client {
        control::descriptor line;
        std::string said;
        steady::time_point silent_at;
    };

    bool is_open() const { return clients_.size() < limits_.clients && steady::now() >= opens_at_; }

    int wait_ms() const {
        auto next = steady::now() + std::chrono::hours{1};
        if (steady::now() < opens_at_) next = opens_at_;
        for (const auto& each : clients_) next = std::min(next, each.silent_at);
        return static_cast<int>(
            std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(next - steady::now()).count()));
    }

    void let_in() {
        control::descriptor line(::accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (line.is_open()) {
            clients_.push_back({std::move(line), {}, steady::now() + limits_.idle});
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            opens_at_ = steady::now() + pause_after_failure;
        }
    }

    /// Reads what there is, once, and answers the lines that are whole.
    void hear(client& from) {
        std::array<char, 4'096> bytes;
        const auto got = ::read(from.line.get(), bytes.data(), bytes.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return drop(from);
        from.said.append(bytes.data(), static_cast<std::size_t>(got));
        for (auto end = from.said.find('\n'); end != std::string::npos; end = from.said.find('\n')) {
            const auto line = from.said.substr(0, end);
            from.said.erase(0, end + 1);
            if (!answer(from, line)) return drop(from);
        }
        if (from.said.size() > limits_.line_bytes) {
            say(from, control::encode_refusal(error(errc::invalid_argument, "reading a line that is too long")));
            return drop(from);
        }
        from.silent_at = steady::now() + limits_.idle;
    }

    static void drop(client& who) { who.line = control::descriptor(); }

    /// Returns whether the client may go on.
    bool answer(client& from, const std::string& line) {
        control_request request;
        try {
            request = control::decode_request(line);
        } catch (const error& garbage) {
            say(from, control::encode_refusal(garbage));
            return false;
        }
        return say(from, done(request));
    }

    std::string done(const control_request& request) {
        try {
            const auto found = verbs_.find(request.verb);
            if (found == verbs_.end())
                throw error(errc::unsupported, fmt::format("being asked to \"{}\"", request.verb.substr(0, 64)));
            return control::encode_answer(found->second(request));
        } catch (const error& refused) {
            return control::encode_refusal(refused);
        } catch (const std::exception& failed) {
            if (told_) told_->on_warning(fmt::format("the control verb {} failed: {}", request.verb, failed.what()));
            return control::encode_refusal(error(errc::io_error, failed.what()));
        }
    }

    /// An answer that does not fit into the kernel's buffer is for a client that does not listen.
    static bool say(const client& to, const std::string& line) {
        return ::send(to.line.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
               static_cast<ssize_t>(line.size());
    }

    const std::filesystem::path socket_;
    control_verbs verbs_;
    const control_limits limits_;
    const std::shared_ptr<observer> told_;
    const int generation_;
    control::descriptor door_;
    control::descriptor end_;
    std::atomic<bool> ending_{false};
    steady::time_point opens_at_{};
    std::vector<client> clients_;
};

control_listener::control_listener(std::filesystem::path socket, control_verbs verbs, const environment& world,
                                   control_limits limits)
    : hall_(std::make_unique<hall>(std::move(socket), std::move(verbs), limits, world.observer)),
      doorman_(world.executors->make_executor()) {
    doorman_->post([this] { hall_->serve(); });
}

control_listener::~control_listener() {
    hall_->end();
    doorman_.reset();
}

}  // namespace leftfold::inline v0
