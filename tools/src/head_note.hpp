#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::tools {

/// A note on how far a store had come: one checked line (checked_line.hpp). `leftfold head` writes one for keeping
/// elsewhere, and `leftfold verify` keeps one to go on from.
struct head_note {
    checkpoint reached{};
    /// When every event up to some earlier place was read and found sound, if ever.
    std::optional<instant> read_in_full{};
    /// False after a verification that found damage: what is noted was reached once, and is not to be relied on.
    enum class trust { sound, damaged } state = trust::sound;
};

std::string to_line(const head_note& note);

/// Throws errc::corrupt, newer_format, or invalid_event, and says what is wrong.
head_note parse_head_note(std::string_view line);

/// Returns the committed heads of a store with their chain hashes.
checkpoint heads_of(event_store& store);

/// Reads the note in a file; nothing when there is no such file. Throws as above, and errc::io_error.
std::optional<head_note> read_head_note(const std::filesystem::path& file);

/// Puts the note in the file's place, whole or not at all, and durably. Throws errc::read_only, disk_full, not_found,
/// io_error.
void keep_head_note(const std::filesystem::path& file, const head_note& note);

}  // namespace leftfold::inline v0::tools
