#include "git_history/change_events.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "leftfold/framework/codec.hpp"

namespace git_history {

namespace {

constexpr std::uint64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t author_bytes_max = 4'096;         // far more than any, and well below the limit of headers

template <class Event>
leftfold::event_data encoded(const Event& event) {
    std::string payload;
    leftfold::encode(event, payload);
    return {std::string(Event::event_type), std::move(payload)};
}

bool is_link(const file_state& file) { return file.mode == "120000"; }
bool is_submodule(const file_state& file) { return file.mode == "160000"; }

/// Whether git calls it a change of type: between file, link and submodule, not between 100644 and 100755.
bool type_differs(const file_state& a, const file_state& b) {
    return is_link(a) != is_link(b) || is_submodule(a) != is_submodule(b);
}

void describe(leftfold::event_data& event, const commit_info& commit) {
    event.metadata.add(header::commit, commit.sha);
    event.metadata.add(header::author, std::string_view(commit.author).substr(0, author_bytes_max));
    event.metadata.add(header::author_date, commit.author_date);
    event.metadata.add(header::committer_date, std::to_string(commit.commit_date));
    event.occurred = leftfold::occurred_at(date_of(commit));
}

}  // namespace

std::chrono::sys_seconds date_of(const commit_info& commit) {
    return std::chrono::sys_seconds{std::chrono::seconds{std::min(commit.commit_date, last_second)}};
}

leftfold::event_data make_change(const path_name& name, const std::optional<file_state>& was,
                                 const std::optional<file_state>& now) {
    if (!was) return encoded(added{name.path, *now});
    if (!now) return encoded(deleted{*was});
    if (type_differs(*was, *now)) return encoded(type_changed{*was, *now});
    return encoded(changed{*was, *now});
}

leftfold::event_data make_change(const commit_info& commit, const path_change& change, const path_name& name) {
    std::optional<file_state> was, now;
    if (change.status != 'A') was = file_state{change.old_mode, change.old_blob};
    if (change.status != 'D') now = file_state{change.new_mode, change.new_blob};
    auto event = make_change(name, was, now);
    describe(event, commit);
    event.id = leftfold::derive_event_id(commit.sha + '\0' + change.path);
    return event;
}

std::optional<file_state> state_after(const leftfold::event_view& change) {
    if (change.type == deleted::event_type) return std::nullopt;
    if (change.type == added::event_type) return leftfold::decode<added>(change.payload).now;
    if (change.type == changed::event_type) return leftfold::decode<changed>(change.payload).now;
    return leftfold::decode<type_changed>(change.payload).now;
}

leftfold::event_data make_commit_imported(const commit_info& commit, const leftfold::cut& where) {
    auto event = encoded(commit_imported{commit.sha, commit.parent, date_of(commit), to_string(where)});
    describe(event, commit);
    event.id = leftfold::derive_event_id(commit.sha);
    return event;
}

}  // namespace git_history
