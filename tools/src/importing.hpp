#pragma once

#include <filesystem>
#include <optional>

#include "console.hpp"

namespace leftfold::inline v0::tools {

struct import_options {
    /// Another number of partitions than the export's: streams move, offsets are given anew, times and ids stay.
    std::optional<std::uint32_t> partitions{};
};

struct import_report {
    std::int64_t events = 0;
    bool complete = true;  ///< a migration: ids, positions and times are the exported store's own
};

/// Reads an export from `on.in` into the store at `target`.
///
/// A complete export makes a new store that is the exported one, byte for byte; errc::already_exists when the target
/// has events. A partial one is appended, under its events' ids, to a store that may exist: importing it again adds
/// nothing. Every line is checked; a lost or altered one is errc::corrupt with its number, and a target that was new is
/// removed again.
import_report import_events(const std::filesystem::path& target, const import_options& options, const console& on);

}  // namespace leftfold::inline v0::tools
