#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What a scripted commit does to one path.
struct file_edit {
    std::string path;  ///< any bytes but NUL and those that git itself refuses
    std::string mode;  ///< 100644, 100755, 120000, 160000; empty: the path is deleted
    std::string data;  ///< the content; of a submodule, the commit
};

file_edit file(std::string path, std::string data = "content\n");
file_edit script_file(std::string path, std::string data = "#!/bin/sh\n");
file_edit soft_link(std::string path, std::string target = "target");
file_edit submodule(std::string path, char digit = 'a');
file_edit gone(std::string path);

/// Writes a git repository from a script, by `git fast-import`: the fastest way to any history, with any names and
/// dates.
class scripted_repository {
public:
    using mark = int;

    /// Makes a bare repository whose HEAD is the branch `main`.
    explicit scripted_repository(std::filesystem::path path);

    /// Adds a commit after the last one.
    mark commit(const std::vector<file_edit>& edits, std::int64_t date);
    /// Adds a commit with these parents, the first of which gives the tree that the edits change; none: a root.
    mark commit(const std::vector<file_edit>& edits, std::int64_t date, const std::vector<mark>& parents);

    /// Writes what was scripted since the last time, and lets `main` point to the last commit.
    void write();
    /// Lets `main` point to an earlier commit.
    void reset_to(mark commit);

    /// Returns the ids of the first-parent history, oldest first.
    std::vector<std::string> history() const;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path marks_file() const { return path_ / "marks"; }

    std::filesystem::path path_;
    std::string script_;
    mark last_ = 0;
    mark tip_ = 0;
};

/// Adds a history with everything that is odd about git: merges, an octopus, dates that run backwards, links,
/// submodules, files that change their type, modes, names of all sorts, commits without changes.
constexpr std::size_t oddities = 14;  ///< commits of its first-parent history
void script_oddities(scripted_repository& repository);
