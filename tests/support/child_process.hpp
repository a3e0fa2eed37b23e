#pragma once

#include <sys/types.h>

#include <functional>

namespace leftfold::test_support {

/// A process of its own, made by fork(2) before anything else runs in it; killed at the end of the scope.
///
/// To be started while the test has no other thread that holds a lock: the child begins with a copy of this one alone.
class child_process {
public:
    /// Runs `body` in the child, with the writing end of a pipe, and ends the child with its result.
    explicit child_process(const std::function<int(int pipe)>& body);
    ~child_process();
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    /// The reading end of the child's pipe.
    int pipe() const { return pipe_; }

    /// Ends the child at once (SIGKILL) and waits until it is gone.
    void kill();

    /// Waits until the child has stopped itself (SIGSTOP), and lets it go on.
    void wait_until_stopped() const;
    void go_on() const;

    /// Waits for the child's end and returns its exit status, or -1 when a signal ended it.
    int wait();

private:
    pid_t pid_ = -1;
    int pipe_ = -1;
};

}  // namespace leftfold::test_support
