#pragma once

#include <optional>
#include <string>
#include <vector>

#include "leftfold/storage/event_store.hpp"

namespace CLI {
class App;
}

namespace leftfold::inline v0::tools {

/// Which events of a store a command is about, as the command line says it.
struct selection {
    std::string as_of;
    std::string from;
    std::string to;
    std::vector<std::string> categories;
    std::vector<std::string> types;

    /// Declares `--as-of`, `--from`, `--to`, `--category` and `--type`.
    void declare(CLI::App& command);

    /// Whether it leaves nothing out.
    bool is_everything() const;

    event_filter filter() const;
};

/// The part of each partition that a selection names: events after `after`, up to and including `up_to`.
struct selected_range {
    cut after{};
    cut up_to{};
    /// The instant that a time on the command line stood for, to be shown (semantics 12).
    std::optional<recorded_at> as_of{};
};

/// Turns times and positions into cuts. A position, `partition:offset`, also means: of that partition alone.
/// Without `--as-of` or `--to`, everything that is closed. Throws what event_store::cut_at and the parsers throw.
selected_range range_of(event_store& store, const selection& chosen);

}  // namespace leftfold::inline v0::tools
