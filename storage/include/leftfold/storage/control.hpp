#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// What is asked of an owner: a verb, and named arguments.
struct control_request {
    std::string verb{};
    std::map<std::string, std::string, std::less<>> arguments{};
};

/// Does what a verb says and returns the answer, a JSON object in one line. Throws leftfold::error to refuse.
using control_verb = unique_function<std::string(const control_request&)>;
using control_verbs = std::map<std::string, control_verb, std::less<>>;

/// How much of an owner strangers may use up.
struct control_limits {
    /// The longest request. Over it the client is told so and dropped.
    std::size_t line_bytes = std::size_t{64} << 10U;
    /// How many are connected at a time. Others wait in the kernel's queue until one leaves.
    std::size_t clients = 16;
    /// How long a client may be silent before it is dropped.
    std::chrono::milliseconds idle = std::chrono::seconds{30};
};

/// The ear of whoever owns a file that other processes want to give orders to: a Unix socket beside it, of mode 0600,
/// with one JSON object a line each way (docs/command_line.md has the protocol).
///
/// It takes the place of a socket that a killed owner has left: whoever makes a listener holds the lock that makes it
/// the only one. Verbs run on the listener's one thread, in the order in which they come, and so one at a time. Garbage
/// is answered with a refusal, and whoever sent it is dropped.
class control_listener {
public:
    /// Listens at `socket`, however long the path is. Throws errc::io_error or errc::read_only when it cannot.
    control_listener(std::filesystem::path socket, control_verbs verbs, const environment& world,
                     control_limits limits = {});
    /// Waits for the verb that is running, drops all clients, and removes the socket.
    ~control_listener();
    control_listener(const control_listener&) = delete;
    control_listener& operator=(const control_listener&) = delete;

private:
    class hall;
    std::unique_ptr<hall> hall_;
    std::unique_ptr<executor> doorman_;
};

/// Asks whoever listens at `socket`, and returns the answer's JSON object. A refusal is thrown as the leftfold::error
/// that the verb threw. Throws errc::locked when nobody listens there, errc::timed_out when no answer came, and
/// errc::unsupported when the listener speaks another version or does not know the verb.
std::string ask_control(const std::filesystem::path& socket, const control_request& request,
                        std::chrono::milliseconds at_most);

/// Asks the owner of the store in that directory, as above; nothing when nobody owns it, so that whoever asks may do it
/// itself under the store's lock. Verbs of a store: `ping` and `info`, which only tell; `reindex`, which makes the
/// stream index again from the log; `accept-clock` (event_store::accept_clock).
std::optional<std::string> ask_owner(const std::filesystem::path& store, const control_request& request,
                                     std::chrono::milliseconds at_most = std::chrono::minutes{10});

}  // namespace leftfold::inline v0
