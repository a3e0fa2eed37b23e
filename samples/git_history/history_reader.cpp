#include "git_history/history_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace git_history {

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view record) {
    throw git_failed(fmt::format("reading the history: not {}: {}", what, record));
}

/// Cuts the text before the next `delimiter` (or all of it) off the front of `rest`.
std::string_view take(std::string_view& rest, char delimiter) {
    const auto at = rest.find(delimiter);
    const auto taken = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return taken;
}

git_command newest(const std::string& head, std::size_t count, git_command more) {
    // Counted, not as a range `imported..head`: a range walks by dates, and is only a guess where they run backwards.
    git_command command{"rev-list", "--first-parent", "--reverse", fmt::format("--max-count={}", count)};
    command.insert(command.end(), more.begin(), more.end());
    command.insert(command.end(), {head, "--"});
    return command;
}

git_command describe_commits(const std::string& head, std::size_t count) {
    auto command = newest(head, count, {"--timestamp", "--format=tformat:%P%x00%an <%ae>%x00%at"});
    command.insert(command.begin(), {"-c", "i18n.logOutputEncoding=UTF-8"});
    return command;
}

git_command diff_commits() {
    return {"diff-tree",    "--stdin",     "-r",    "--root", "--diff-merges=first-parent",
            "--no-renames", "--no-abbrev", "--raw", "-z",     "--ignore-submodules=none"};
}

/// Reads `1767225600 commit <sha>` and the line after it, which --format describes.
commit_info parse_commit(std::string_view first_line, git_output& lines) {
    commit_info commit;
    auto rest = first_line;
    const auto date = take(rest, ' ');
    const auto word = take(rest, ' ');
    const auto [end, failed] = std::from_chars(date.data(), date.data() + date.size(), commit.commit_date);
    if (failed != std::errc{} || end != date.data() + date.size() || word != "commit") refuse("a commit", first_line);
    commit.sha = rest;
    const auto described = lines.next('\n');
    if (!described) refuse("a description", commit.sha);
    rest = *described;
    auto parents = take(rest, '\0');
    if (!parents.empty()) commit.parent = take(parents, ' ');
    commit.author = take(rest, '\0');
    commit.author_date = rest;
    return commit;
}

/// Reads `:100644 100644 <blob> <blob> M`; the path is the record after it.
path_change parse_change(std::string_view record) {
    auto rest = record.substr(1);
    path_change change;
    for (auto* field : {&change.old_mode, &change.new_mode, &change.old_blob, &change.new_blob}) {
        *field = take(rest, ' ');
    }
    if (rest.size() != 1 || std::string_view("AMTD").find(rest[0]) == std::string_view::npos) {
        refuse("a change", record);
    }
    change.status = rest[0];
    return change;
}

}  // namespace

history_reader::history_reader(const git_repository& repository, const std::string& head, std::size_t count)
    : commits_(repository.path(), {describe_commits(head, count)}),
      changes_(repository.path(), {newest(head, count, {}), diff_commits()}) {}

std::string_view history_reader::peek() {
    if (!ahead_ && !changes_ended_) {
        if (const auto record = changes_.next('\0')) {
            ahead_.emplace(*record);
        } else {
            changes_ended_ = true;
        }
    }
    return ahead_ ? *ahead_ : std::string_view{};
}

void history_reader::drop() { ahead_.reset(); }

bool history_reader::next_is_change() { return peek().starts_with(':'); }

std::optional<commit_info> history_reader::next_commit() {
    while (next_change()) {
    }
    const auto line = commits_.next('\n');
    if (!line) {
        if (!peek().empty()) refuse("the end", peek());
        return std::nullopt;
    }
    auto commit = parse_commit(std::string(*line), commits_);
    current_ = commit.sha;
    if (peek() == current_)
        drop();  // a commit without changes is not in the stream of changes
    else if (next_is_change())
        refuse("a commit", peek());
    return commit;
}

std::optional<path_change> history_reader::next_change() {
    if (!next_is_change()) return std::nullopt;
    auto change = parse_change(peek());
    drop();
    const auto path = changes_.next('\0');
    if (!path || path->empty()) refuse("a path after a change of", current_);
    change.path = *path;
    return change;
}

}  // namespace git_history
