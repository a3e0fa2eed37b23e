#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <stdexcept>

namespace read_models {

/// Another process, which waits for a word, then does something and ends with what that returns. Made before there are
/// threads, since a child of fork(2) has but one.
class other_process {
public:
    template <class F>
    explicit other_process(F&& f) {
        if (::pipe(pipe_.data()) != 0) throw std::runtime_error("no pipe");
        child_ = ::fork();
        if (child_ != 0) return;
        char word = 0;
        if (::read(pipe_[0], &word, 1) != 1) ::_exit(99);
        int result = 98;
        try {
            result = f();
        } catch (const std::exception& failed) {
            static_cast<void>(!::write(STDERR_FILENO, failed.what(), std::char_traits<char>::length(failed.what())));
        }
        ::_exit(result);
    }
    ~other_process() {
        ::close(pipe_[0]);
        ::close(pipe_[1]);
    }
    other_process(const other_process&) = delete;
    other_process& operator=(const other_process&) = delete;

    /// Lets it go.
    void start() { static_cast<void>(!::write(pipe_[1], "!", 1)); }
    /// Waits for its end, and returns what it ended with.
    int finish() {
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int run() {
        start();
        return finish();
    }

private:
    std::array<int, 2> pipe_{};
    ::pid_t child_ = 0;
};

}  // namespace read_models
