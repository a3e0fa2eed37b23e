#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "git_history/git_process.hpp"
#include "git_history/git_repository.hpp"

namespace git_history {

/// One commit, as the first-parent history has it.
struct commit_info {
    std::string sha;
    std::optional<std::string> parent;  ///< the first one
    std::string author;                 ///< `Name <mail>`, any bytes
    std::string author_date;            ///< seconds since 1970, as the commit says it
    std::uint64_t commit_date{};        ///< seconds since 1970, as git's own --before understands it
};

/// What a commit did to one path, against its first parent: a record of git's raw diff format. In an added or deleted
/// path the side that is not there has mode 000000.
struct path_change {
    std::string path;
    char status{};  ///< A(dded), M(odified), T(ype changed) or D(eleted)
    std::string old_mode, new_mode;
    std::string old_blob, new_blob;
};

/// Reads the newest `count` commits of a first-parent history, oldest first, and what each changed: as a stream, so
/// that memory does not grow with the history or with a commit.
///
/// Merges are compared with their first parent and roots with nothing, so that the changes of all commits add up to the
/// tree of the last one. Renames are an add and a delete. Submodules count, whatever .gitmodules says of them.
class history_reader {
public:
    history_reader(const git_repository& repository, const std::string& head, std::size_t count);

    /// Returns the next commit, or nothing after the last. What was not read of the commit before is passed over.
    std::optional<commit_info> next_commit();

    /// Returns the next change of the current commit in git's order, or nothing after its last.
    std::optional<path_change> next_change();

private:
    bool next_is_change();
    std::string_view peek();
    void drop();

    git_output commits_;
    git_output changes_;
    std::string current_;               ///< the commit whose changes are being given
    std::optional<std::string> ahead_;  ///< a record of changes_ that was read but not used: a commit id or a change
    bool changes_ended_ = false;
};

}  // namespace git_history
