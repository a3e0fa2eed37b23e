#include "support/child_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>

namespace leftfold::test_support {

child_process::child_process(const std::function<int(int pipe)>& body) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "making a pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "making a process");
    if (pid_ == 0) {
        ::close(ends[0]);
        int status = 255;
        try {
            status = body(ends[1]);
        } catch (const std::exception& thrown) {
            std::fprintf(stderr, "a child process threw: %s\n", thrown.what());
            status = 254;
        } catch (...) {
            status = 254;
        }
        ::_exit(status);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
}

child_process::~child_process() {
    kill();
    ::close(pipe_);
}

void child_process::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
}

void child_process::wait_until_stopped() const {
    int status = 0;
    while (::waitpid(pid_, &status, WUNTRACED) < 0 && errno == EINTR) {
    }
    if (!WIFSTOPPED(status)) throw std::system_error(ECHILD, std::generic_category(), "waiting for a child to stop");
}

void child_process::go_on() const { ::kill(pid_, SIGCONT); }

int child_process::wait() {
    if (pid_ < 0) return -1;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace leftfold::test_support
