#include "tools/program.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace leftfold::test_support {

namespace {

[[noreturn]] void fail(const char* doing) { throw std::system_error(errno, std::generic_category(), doing); }

/// In the child: puts a file in the place of a standard stream. Nothing here may allocate.
void put(int stream, const char* file, int flags) {
    const int opened = ::open(file, flags, 0644);
    if (opened < 0 || ::dup2(opened, stream) < 0) ::_exit(253);
    ::close(opened);
}

}  // namespace

program::program(const std::vector<std::string>& words, const streams& to) {
    std::vector<const char*> argv{LEFTFOLD_PROGRAM};
    for (const auto& word : words) argv.push_back(word.c_str());
    argv.push_back(nullptr);
    std::array<int, 2> pipe{-1, -1};
    if (to.out == "|" && ::pipe2(pipe.data(), O_CLOEXEC) != 0) fail("making a pipe");
    int slave = -1;
    if (to.err == "tty" && ::openpty(&terminal_, &slave, nullptr, nullptr, nullptr) != 0) fail("making a terminal");
    pid_ = ::fork();
    if (pid_ < 0) fail("making a process");
    if (pid_ == 0) {
        put(STDIN_FILENO, to.in.c_str(), O_RDONLY);
        if (to.out == "|")
            ::dup2(pipe[1], STDOUT_FILENO);
        else if (to.out.empty())
            ::close(STDOUT_FILENO);
        else
            put(STDOUT_FILENO, to.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
        if (slave >= 0)
            ::dup2(slave, STDERR_FILENO);
        else
            put(STDERR_FILENO, to.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
        ::execv(LEFTFOLD_PROGRAM, const_cast<char* const*>(argv.data()));
        ::_exit(252);
    }
    if (pipe[1] >= 0) ::close(pipe[1]);
    if (slave >= 0) ::close(slave);
    out_ = pipe[0];
}

program::~program() {
    if (pid_ >= 0) {
        signal(SIGKILL);
        wait();
    }
    stop_reading();
    if (terminal_ >= 0) ::close(terminal_);
}

std::string program::line() {
    std::string text;
    for (char c = 0; ::read(out_, &c, 1) == 1;) {
        text += c;
        if (c == '\n') break;
    }
    return text;
}

std::string program::terminal() const {
    std::string text;
    std::array<char, 4'096> part{};
    for (;;) {
        const auto got = ::read(terminal_, part.data(), part.size());
        if (got <= 0) return text;  // EIO: the other end is closed
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

void program::stop_reading() {
    if (out_ >= 0) ::close(out_);
    out_ = -1;
}

void program::signal(int number) const { ::kill(pid_, number); }

ended program::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFEXITED(status)) return {.status = WEXITSTATUS(status)};
    return {.signal = WTERMSIG(status)};
}

}  // namespace leftfold::test_support
