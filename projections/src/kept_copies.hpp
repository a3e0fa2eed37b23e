#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/replay_as_of.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// Copies of one model as it was at some times, in a directory: a fold goes on from the nearest one. Only ever a
/// shortcut, as snapshots are: a copy that is damaged, or of another shape or history, is removed and counts for
/// nothing.
class kept_copies {
public:
    /// Throws errc::invalid_argument for a policy of one copy every 0 events.
    kept_copies(replay_copies policy, event_store& store, std::string projection, std::string shape);

    /// Puts the newest copy of `when` or before at the path, where it is a database of read models. Returns how many
    /// events are in it; 0 when there is no such copy, and no database.
    std::int64_t take(recorded_at when, const std::filesystem::path& into);

    /// Whether a copy is to be kept after so many events.
    bool is_due(std::int64_t events) const;
    /// Keeps a copy of a database that is between two transactions, with a checkpoint of that time. When there are too
    /// many, removes one that is near to others. What fails is told to the observer, and nothing is kept.
    void keep(model_database& from, recorded_at through, std::int64_t events);

private:
    /// What the name of a copy says: `balances.1768000000000000.5000000.1f2e3d4c`.
    struct named_copy {
        std::filesystem::path file;
        recorded_at through;
        std::int64_t events;
        std::uint32_t crc;
    };

    /// Returns the copies of this projection, the oldest first.
    std::vector<named_copy> all() const;
    std::optional<named_copy> read_name(const std::filesystem::path& file) const;
    bool is_sound(const named_copy& of, const std::filesystem::path& copied) const;
    void thin() const;
    void make(model_database& from, recorded_at through, std::int64_t events);

    replay_copies policy_;
    event_store store_;
    std::string projection_;
    std::string shape_;
    std::int64_t last_events_ = 0;
};

}  // namespace leftfold::inline v0::detail
