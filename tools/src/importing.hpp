#pragma once

#include <filesystem>
#include <optional>

#include "console.hpp"

namespace leftfold::inline v0::tools {

struct import_options {
    /// Another number of partitions than the export's: streams move, offsets are given anew, times and ids stay.
    std::optional<std::int64_t> partitions{};
};

struct import_report {
    std::int64_t events = 0;
    bool complete = true;  ///< a migration: ids, positions and times are the exported store's own
};

/// Reads an export from `on.in` into the store at `target`.
///
/// A complete export makes a new store that is the exported one, byte for byte; errc::already_exists when the target
/// is a store. Until all of it is stored, the target cannot be opened: an import that is killed leaves nothing that
/// could be taken for a store, and importing again begins anew. A partial one is appended, under its events' ids, to a
/// store that may exist: importing it again adds nothing.
///
/// Every line is checked. A lost or altered one is errc::corrupt, one that is something else errc::invalid_event, each
/// with its number; what a failed import made is removed. Takes the target's lock before it reads the first line.
import_report import_events(const std::filesystem::path& target, const import_options& options, const console& on);

}  // namespace leftfold::inline v0::tools
