#include "git_history/commit_log.hpp"

#include <stdexcept>
#include <string>

#include "git_history/whole_stream.hpp"
#include "leftfold/framework/codec.hpp"

namespace git_history {

namespace {

constexpr std::size_t sha_prefix_min = 4;

}  // namespace

const leftfold::stream_id& commit_log::stream() {
    static const leftfold::stream_id id("history", "first-parent");
    return id;
}

std::uint64_t commit_log::size() const {
    const auto head = store_->head(stream());
    return head ? static_cast<std::uint64_t>(head->value()) : 0;
}

void commit_log::visit(leftfold::function_ref<bool(const commit_imported&)> sink) const {
    visit_whole_stream(*store_, stream(), [&](const leftfold::event_view& event) {
        return sink(leftfold::decode<commit_imported>(event.payload));
    });
}

commit_imported commit_log::nth(std::uint64_t place) const {
    const leftfold::version at(static_cast<std::int64_t>(place));
    const auto events = store_->read_stream(stream(), {.from = at, .count = 1});
    if (events.empty()) throw std::out_of_range("there are not that many commits");
    return leftfold::decode<commit_imported>(events.front().payload);
}

std::optional<commit_imported> commit_log::last() const {
    const auto events = store_->read_stream(stream(), {.way = leftfold::direction::backward, .count = 1});
    if (events.empty()) return std::nullopt;
    return leftfold::decode<commit_imported>(events.front().payload);
}

std::optional<commit_imported> commit_log::find(std::string_view sha) const {
    if (sha.size() < sha_prefix_min) throw std::invalid_argument("a commit id has at least four digits");
    std::optional<commit_imported> found;
    visit([&](const commit_imported& commit) {
        if (!commit.sha.starts_with(sha)) return true;
        if (found) throw std::invalid_argument("several commits begin with " + std::string(sha));
        found = commit;
        return commit.sha.size() != sha.size();
    });
    return found;
}

std::optional<commit_imported> commit_log::at(leftfold::instant when) const {
    std::optional<commit_imported> found;
    visit([&](const commit_imported& commit) {
        if (commit.date <= when) found = commit;
        return true;
    });
    return found;
}

std::vector<commit_imported> commit_log::pick(const std::vector<std::uint64_t>& places) const {
    std::vector<commit_imported> picked;
    std::uint64_t place = 0;
    visit([&](const commit_imported& commit) {
        if (picked.size() < places.size() && places[picked.size()] == place) picked.push_back(commit);
        ++place;
        return picked.size() < places.size();
    });
    return picked;
}

}  // namespace git_history
