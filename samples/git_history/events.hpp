#pragma once

#include <boost/describe/class.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace git_history {

/// What git keeps of a file: the kind of thing it is, and the id of what it holds.
struct file_state {
    std::string mode;  ///< `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule)
    std::string blob;  ///< the whole object id

    friend bool operator==(const file_state&, const file_state&) = default;
};
BOOST_DESCRIBE_STRUCT(file_state, (), (mode, blob))

// What can happen to a path. The stream's key is the path, or a hash of it: then `path` holds it (path_key.hpp).

struct added {
    static constexpr auto event_type = "git.added";
    std::optional<std::string> path;
    file_state now;
};
BOOST_DESCRIBE_STRUCT(added, (), (path, now))

struct changed {
    static constexpr auto event_type = "git.changed";
    file_state was;
    file_state now;
};
BOOST_DESCRIBE_STRUCT(changed, (), (was, now))

/// A file became a symbolic link, a link a submodule, and so on.
struct type_changed {
    static constexpr auto event_type = "git.type_changed";
    file_state was;
    file_state now;
};
BOOST_DESCRIBE_STRUCT(type_changed, (), (was, now))

struct deleted {
    static constexpr auto event_type = "git.deleted";
    file_state was;
};
BOOST_DESCRIBE_STRUCT(deleted, (), (was))

/// A commit is imported whole: every change of it is stored and durable. Only commits that have such an event exist for
/// questions about the past.
struct commit_imported {
    static constexpr auto event_type = "git.commit_imported";
    std::string sha;
    std::optional<std::string> parent;
    std::chrono::sys_seconds date;  ///< the committer's
    std::string cut;                ///< where this commit's tree stands in the store, as leftfold::to_string writes it
};
BOOST_DESCRIBE_STRUCT(commit_imported, (), (sha, parent, date, cut))

/// The headers of every change and every commit_imported.
namespace header {
inline constexpr std::string_view commit = "git-commit";
inline constexpr std::string_view author = "git-author";
inline constexpr std::string_view author_date = "git-author-date";
inline constexpr std::string_view committer_date = "git-committer-date";
/// In place of git-commit: the commit that never came to be, of which a change takes back what it had done.
inline constexpr std::string_view reverts = "git-reverts";
}  // namespace header

}  // namespace git_history
