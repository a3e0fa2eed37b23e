#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "git_history/events.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// The commits that a store has imported: the stream of commit_imported, oldest first.
class commit_log {
public:
    explicit commit_log(leftfold::event_store& store) : store_(&store) {}

    static const leftfold::stream_id& stream();

    /// Returns how many commits are imported.
    std::uint64_t size() const;

    /// Gives each commit to the sink, oldest first, until it returns false.
    void visit(leftfold::function_ref<bool(const commit_imported&)> sink) const;

    /// Returns the commit at this place, counted from 1, oldest first: it must be one of the size().
    commit_imported nth(std::uint64_t place) const;

    /// Returns the newest commit.
    std::optional<commit_imported> last() const;

    /// Returns the commit of that id, or of which the id begins so when that is but one. Throws std::invalid_argument
    /// for a beginning of fewer than four digits or of several commits.
    std::optional<commit_imported> find(std::string_view sha) const;

    /// Returns the commit that `git rev-list -1 --first-parent --before=T HEAD` names: the last one in the order of the
    /// history, not of the dates, which is dated T or earlier.
    std::optional<commit_imported> at(leftfold::instant when) const;

    /// Returns the commits at these places, counted from 0 and ascending.
    std::vector<commit_imported> pick(const std::vector<std::uint64_t>& places) const;

private:
    leftfold::event_store* store_;
};

}  // namespace git_history
