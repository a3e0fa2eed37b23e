#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0::detail {

/// What people decided about the events of a projection, which nobody could derive again: the events that they
/// discarded. Kept beside the database, in `<database>.decisions`, each decision synced before it counts. It outlives
/// the rows: a rebuild passes over the same events.
///
/// For the owner of the database. Opened for each call; most databases never have one.
class decisions {
public:
    decisions(const std::filesystem::path& database, std::string projection);

    /// Returns the events that are passed over.
    std::set<event_id> discarded() const;
    /// Decides that an event is passed over from now on. Durable on return.
    void discard(const event_view& event, recorded_at now) const;

private:
    std::filesystem::path file_;
    std::string projection_;
};

}  // namespace leftfold::inline v0::detail
