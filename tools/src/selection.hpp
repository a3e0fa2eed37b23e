#pragma once

#include <string>
#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "words.hpp"

namespace leftfold::inline v0::tools {

/// Which events of a store a command is about, as the command line says it.
struct selection {
    std::string as_of;
    std::string at;
    std::string from;
    std::string to;
    bool provisional = false;
    std::vector<std::string> categories;
    std::vector<std::string> types;

    /// Declares `--as-of`, `--at`, `--provisional`, `--from`, `--to`, `--category` and `--type`.
    void declare(command_words& words);
    /// Declares the first three alone.
    void declare_time(command_words& words);

    /// Whether it leaves nothing out.
    bool is_everything() const;

    event_filter filter() const;
};

/// The part of each partition that a selection names: events after `after`, up to and including `up_to`.
struct selected_range {
    cut after{};
    cut up_to{};
};

/// Turns times and positions into cuts, and shows on standard error the instant that each time came to (semantics 12).
/// A position, `partition:offset`, also means: of that partition alone. Without `--as-of`, `--at` or `--to`, everything
/// that is stored. What an owner who is gone left open is closed first, where this process may write; where it may not,
/// what is not closed is refused, unless the selection says `--provisional`. Throws errc::invalid_argument for
/// what is neither, and what event_store::cut_at throws.
selected_range range_of(event_store& store, const selection& chosen, const console& on);

}  // namespace leftfold::inline v0::tools
