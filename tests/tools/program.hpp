#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace leftfold::test_support {

/// How a program ended.
struct ended {
    int status = -1;  ///< its exit status, or -1 when a signal ended it
    int signal = 0;   ///< that signal
};

/// The program `leftfold` as a process of its own: for what only a process has, its streams and signals.
class program {
public:
    /// Where its standard streams go.
    struct streams {
        std::string in = "/dev/null";
        /// A file; `|` for a pipe to this test; empty for a stream that is closed.
        std::string out = "|";
        /// A file; `tty` for a terminal that this test reads.
        std::string err = "/dev/null";
    };

    explicit program(const std::vector<std::string>& words, const streams& to);
    explicit program(const std::vector<std::string>& words) : program(words, streams{}) {}
    ~program();
    program(const program&) = delete;
    program& operator=(const program&) = delete;

    /// Reads a line of its standard output; empty at the end.
    std::string line();
    /// Reads all that it writes to the terminal, until it ends.
    std::string terminal() const;
    /// Closes this end of the pipe.
    void stop_reading();
    void signal(int number) const;
    ended wait();

private:
    pid_t pid_ = -1;
    int out_ = -1;
    int terminal_ = -1;
};

}  // namespace leftfold::test_support
