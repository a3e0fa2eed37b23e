#include "git_history/stray_changes.hpp"

#include <optional>
#include <string_view>

#include "git_history/change_events.hpp"
#include "git_history/tracked_path.hpp"
#include "git_history/whole_stream.hpp"
#include "leftfold/framework/codec.hpp"

namespace git_history {

namespace {

void visit_after(leftfold::event_store& store, const leftfold::cut& imported, leftfold::event_sink sink) {
    leftfold::event_filter changes_of_paths;
    changes_of_paths.categories = {std::string(tracked_path::category)};
    for (leftfold::partition_id partition; partition.value() < store.partitions(); partition = partition.next()) {
        leftfold::page_end page{.scanned_to = imported.at(partition)};
        while (!page.at_end) {
            page =
                store.read_partition(partition, page.scanned_to, {}, changes_of_paths, leftfold::payloads::skip, sink);
        }
    }
}

/// The story of one path, with the stray commits and without.
struct two_stories {
    std::optional<file_state> as_stored;
    std::optional<file_state> without_strays;
    path_name name;
    leftfold::version version{};
    std::string last_stray;
};

two_stories read_both(leftfold::event_store& store, const leftfold::stream_id& path, const leftfold::cut& imported,
                      const std::set<std::string>& stray) {
    two_stories story;
    story.name.key = path.key();
    visit_whole_stream(store, path, [&](const leftfold::event_view& event) {
        story.version = event.version;
        story.as_stored = state_after(event);
        if (event.type == added::event_type) story.name.path = leftfold::decode<added>(event.payload).path;
        const auto commit = event.metadata.find(header::commit);
        if (imported.covers(event.position()) || (commit && !stray.contains(std::string(*commit)))) {
            story.without_strays = story.as_stored;
        } else if (commit) {
            story.last_stray = *commit;
        }
        return true;
    });
    return story;
}

}  // namespace

std::set<std::string> commits_after(leftfold::event_store& store, const leftfold::cut& imported) {
    std::set<std::string> commits;
    visit_after(store, imported, [&](const leftfold::event_view& event) {
        if (const auto commit = event.metadata.find(header::commit)) commits.emplace(*commit);
        return true;
    });
    return commits;
}

void take_back(leftfold::event_store& store, const leftfold::cut& imported, const std::set<std::string>& stray,
               append_window& changes) {
    std::set<leftfold::stream_id> touched;
    visit_after(store, imported, [&](const leftfold::event_view& event) {
        const auto commit = event.metadata.find(header::commit);
        if (commit && stray.contains(std::string(*commit))) {
            touched.emplace(std::string(event.category), std::string(event.key));
        }
        return true;
    });
    for (const auto& path : touched) {
        const auto story = read_both(store, path, imported, stray);
        if (story.as_stored == story.without_strays) continue;
        auto event = make_change(story.name, story.as_stored, story.without_strays);
        event.metadata.add(header::reverts, story.last_stray);
        changes.append(path, leftfold::expected_version::exactly(story.version), std::move(event));
    }
    changes.drain();
}

}  // namespace git_history
