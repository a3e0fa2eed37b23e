#include "git_history/blame.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <vector>

#include "git_history/change_events.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/path_key.hpp"
#include "git_history/quoting.hpp"
#include "git_history/tracked_path.hpp"
#include "git_history/whole_stream.hpp"
#include "leftfold/framework/codec.hpp"

namespace git_history {

namespace {

struct path_version {
    std::string commit;
    std::string line;  ///< all but its number
};

path_version describe(const leftfold::event_view& event, std::string commit) {
    const auto now = state_after(event);
    const auto what = event.type.substr(event.type.find('.') + 1);
    const auto author = event.metadata.find(header::author).value_or("");
    auto line = fmt::format("{} {} {:<12} {} {} {}", commit, leftfold::to_rfc3339(event.occurred.time()), what,
                            now ? now->mode : "000000", now ? now->blob : std::string(commit.size(), '0'), author);
    return {std::move(commit), std::move(line)};
}

}  // namespace

std::string blame(leftfold::event_store& store, std::string_view path) {
    const leftfold::stream_id stream(std::string(tracked_path::category), name_path(unquote_path(path)).key);
    std::vector<path_version> versions;
    std::set<std::string> unconfirmed;
    visit_whole_stream(store, stream, [&](const leftfold::event_view& event) {
        const auto commit = event.metadata.find(header::commit);
        if (!commit) return true;
        versions.push_back(describe(event, std::string(*commit)));
        unconfirmed.emplace(*commit);
        return true;
    });
    commit_log(store).visit([&](const commit_imported& commit) {
        unconfirmed.erase(commit.sha);
        return !unconfirmed.empty();
    });
    std::string text;
    std::size_t number = 0;
    for (const auto& [commit, line] : versions) {
        if (!unconfirmed.contains(commit)) text += fmt::format("{:>4} {}\n", ++number, line);
    }
    return text;
}

}  // namespace git_history
