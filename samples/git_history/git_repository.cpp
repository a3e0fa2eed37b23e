#include "git_history/git_repository.hpp"

#include <charconv>
#include <utility>

namespace git_history {

namespace {

std::string without_newline(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace

git_repository::git_repository(std::filesystem::path path) : path_(std::move(path)) {
    run_git(path_, {"rev-parse", "--git-dir"});
}

std::optional<std::string> git_repository::head() const {
    // HEAD may name a branch that is not born yet: rev-parse would fail, and could not be told from other failures.
    auto listed = without_newline(run_git(path_, {"rev-list", "--max-count=1", "--ignore-missing", "HEAD", "--"}));
    if (listed.empty()) return std::nullopt;
    return listed;
}

std::size_t git_repository::history_length(const std::string& commit) const {
    const auto text = run_git(path_, {"rev-list", "--first-parent", "--count", commit, "--"});
    std::size_t length{};
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

git_output git_repository::history(const std::string& commit) const {
    return git_output(path_, {{"rev-list", "--first-parent", "--reverse", commit, "--"}});
}

std::string git_repository::ls_tree(const std::string& commit) const {
    // Whatever the repository's configuration says of quoting, and from whichever of its folders it is asked.
    return run_git(path_, {"-c", "core.quotePath=true", "ls-tree", "-r", "--full-tree", commit});
}

}  // namespace git_history
