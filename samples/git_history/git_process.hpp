#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace git_history {

/// A git command that could not be run, or that failed: what was run, its exit status, and what it said.
class git_failed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A file descriptor that is closed with its owner.
class file_descriptor {
public:
    file_descriptor() = default;
    explicit file_descriptor(int fd) : fd_(fd) {}
    ~file_descriptor() { close(); }
    file_descriptor(file_descriptor&& other) noexcept : fd_(other.release()) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept;

    int get() const { return fd_; }
    int release();
    void close();

private:
    int fd_ = -1;
};

/// A command that runs. It is killed with its owner, unless it was waited for.
class child_process {
public:
    child_process(pid_t pid, std::string command);
    ~child_process();
    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&&) = delete;

    /// Waits for the command to end. Returns nothing when it succeeded, else how it ended.
    std::string wait();
    const std::string& command() const { return command_; }

private:
    pid_t pid_;
    std::string command_;
};

/// The arguments of one git command, without `git` itself.
using git_command = std::vector<std::string>;

/// Reads the output of git, or of a pipeline of git commands, record by record in bounded memory.
///
/// Each command runs in the repository, in an environment of its own: neither the user's nor the system's
/// configuration, no prompt, no locale, and no GIT_… variable of the caller reaches it. What the repository's own
/// configuration says still counts, so callers name every option on which their reading depends.
///
/// Not thread safe. Commands that still run in the end are killed.
class git_output {
public:
    /// Starts the commands, the output of each being the input of the next; the first one reads nothing. Throws
    /// git_failed when git cannot be started.
    git_output(const std::filesystem::path& repository, const std::vector<git_command>& pipeline);
    git_output(const git_output&) = delete;
    git_output& operator=(const git_output&) = delete;

    /// Returns the bytes up to the next `delimiter`, which is read but not returned, or nothing at the end of the
    /// output. Valid until the next call. At the end every exit status is checked: throws git_failed when one of the
    /// commands failed, when the last record has no delimiter, or when a record is longer than 16 MiB.
    std::optional<std::string_view> next(char delimiter);

    /// Returns the rest of the output, at most `bytes_max` of it, else throws git_failed.
    std::string rest(std::size_t bytes_max);

private:
    void start(const std::filesystem::path& repository, const git_command& command, int input, int output);
    bool fill();
    void check_all_succeeded();
    std::string complaint() const;

    std::vector<child_process> running_;
    file_descriptor output_;
    file_descriptor errors_;  ///< an unnamed file in memory that collects what the commands say
    std::string buffer_;
    std::size_t begin_ = 0;  ///< what is read but not yet returned: [begin_, end_) of the buffer
    std::size_t end_ = 0;
};

/// Runs one git command and returns its whole output. Throws git_failed when it fails.
std::string run_git(const std::filesystem::path& repository, const git_command& command);

}  // namespace git_history
