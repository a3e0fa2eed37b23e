#include "git_history/git_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace git_history {

namespace {

constexpr std::size_t record_bytes_max = std::size_t{16} << 20;
constexpr std::size_t first_buffer_bytes = std::size_t{64} << 10;
constexpr std::size_t whole_output_bytes_max = std::size_t{256} << 20;
constexpr std::size_t complaint_bytes_max = 4'096;

git_failed system_failed(std::string_view doing) {
    return git_failed(fmt::format("{}: {}", doing, std::strerror(errno)));
}

/// What a git command sees of the caller's environment: where programs are and where `~` is, and nothing else.
std::vector<std::string> clean_environment() {
    std::vector<std::string> environment{
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_ATTR_NOSYSTEM=1",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_OPTIONAL_LOCKS=0",
        "GIT_PAGER=cat",
        "LC_ALL=C",
    };
    for (const auto* name : {"PATH", "HOME"}) {
        if (const auto* value = std::getenv(name)) environment.push_back(fmt::format("{}={}", name, value));
    }
    return environment;
}

std::vector<std::string> full_command(const std::filesystem::path& repository, const git_command& command) {
    // A repository of another user is read when it is named on the command line: nothing here runs its hooks.
    // Packs are mapped a window at a time: left to itself git maps the whole of them, and keeps 96 MiB of deltas.
    std::vector<std::string> full{"git", "-C", repository.string()};
    for (const auto* setting : {"safe.directory=*", "core.packedGitWindowSize=4m", "core.packedGitLimit=64m",
                                "core.deltaBaseCacheLimit=16m"}) {
        full.insert(full.end(), {"-c", setting});
    }
    full.insert(full.end(), command.begin(), command.end());
    return full;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// posix_spawn's two arguments that want to be destroyed.
struct spawn_plan {
    spawn_plan() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
        // A program that ignores SIGPIPE hands that down, and a command whose reader has gone would not end.
        sigset_t as_usual;
        sigemptyset(&as_usual);
        sigaddset(&as_usual, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes, &as_usual);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    }
    ~spawn_plan() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
};

struct pipe_ends {
    file_descriptor read, write;
};

pipe_ends make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_failed("making a pipe to git");
    return {file_descriptor(ends[0]), file_descriptor(ends[1])};
}

}  // namespace

file_descriptor& file_descriptor::operator=(file_descriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = other.release();
    }
    return *this;
}

int file_descriptor::release() { return std::exchange(fd_, -1); }

void file_descriptor::close() {
    if (fd_ >= 0) ::close(release());
}

child_process::child_process(pid_t pid, std::string command) : pid_(pid), command_(std::move(command)) {}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), command_(std::move(other.command_)) {}

child_process::~child_process() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string child_process::wait() {
    int status{};
    while (::waitpid(pid_, &status, 0) < 0) {
        if (errno != EINTR) throw system_failed("waiting for git");
    }
    pid_ = -1;
    if (!WIFEXITED(status)) return fmt::format("signal {}", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? "" : fmt::format("exit status {}", WEXITSTATUS(status));
}

git_output::git_output(const std::filesystem::path& repository, const std::vector<git_command>& pipeline)
    : errors_(::memfd_create("git errors", MFD_CLOEXEC)), buffer_(first_buffer_bytes, '\0') {
    if (errors_.get() < 0) throw system_failed("making room for what git says");
    file_descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const auto& command : pipeline) {
        auto [read, write] = make_pipe();
        start(repository, command, input.get(), write.get());
        input = std::move(read);
    }
    output_ = std::move(input);
}

void git_output::start(const std::filesystem::path& repository, const git_command& command, int input, int output) {
    spawn_plan plan;
    posix_spawn_file_actions_adddup2(&plan.files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&plan.files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&plan.files, errors_.get(), STDERR_FILENO);
    auto arguments = full_command(repository, command);
    auto environment = clean_environment();
    pid_t pid{};
    const int failed = ::posix_spawnp(&pid, "git", &plan.files, &plan.attributes, pointers(arguments).data(),
                                      pointers(environment).data());
    if (failed != 0) throw git_failed(fmt::format("starting git: {}", std::strerror(failed)));
    running_.emplace_back(pid, fmt::format("git {}", fmt::join(command, " ")));
}

bool git_output::fill() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    if (end_ == buffer_.size()) {
        if (buffer_.size() >= record_bytes_max) throw git_failed("reading from git: a record of over 16 MiB");
        buffer_.resize(buffer_.size() * 2);
    }
    ssize_t got{};
    do {
        got = ::read(output_.get(), buffer_.data() + end_, buffer_.size() - end_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw system_failed("reading from git");
    end_ += static_cast<std::size_t>(got);
    return got > 0;
}

std::optional<std::string_view> git_output::next(char delimiter) {
    std::size_t searched = 0;
    for (;;) {
        const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
        if (const auto at = unread.find(delimiter, searched); at != std::string_view::npos) {
            begin_ += at + 1;
            return unread.substr(0, at);
        }
        searched = unread.size();
        if (fill()) continue;
        check_all_succeeded();
        if (begin_ != end_) throw git_failed("reading from git: the output ends in the middle of a record");
        return std::nullopt;
    }
}

std::string git_output::rest(std::size_t bytes_max) {
    std::string all;
    do {
        all.append(buffer_.data() + begin_, end_ - begin_);
        begin_ = end_ = 0;
        if (all.size() > bytes_max) throw git_failed("reading from git: more output than expected");
    } while (fill());
    check_all_succeeded();
    return all;
}

void git_output::check_all_succeeded() {
    auto ended = std::exchange(running_, {});
    for (auto& child : ended) {
        const auto how = child.wait();
        if (!how.empty()) throw git_failed(fmt::format("{}: {}{}", child.command(), how, complaint()));
    }
}

std::string git_output::complaint() const {
    std::string text(complaint_bytes_max, '\0');
    const auto got = ::pread(errors_.get(), text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (text.ends_with('\n')) text.pop_back();
    return text.empty() ? text : ": " + text;
}

std::string run_git(const std::filesystem::path& repository, const git_command& command) {
    return git_output(repository, {command}).rest(whole_output_bytes_max);
}

}  // namespace git_history
