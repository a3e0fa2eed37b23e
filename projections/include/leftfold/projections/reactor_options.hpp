#pragma once

#include <cstddef>
#include <filesystem>

#include "leftfold/projections/projection_options.hpp"

namespace leftfold::inline v0 {

/// How one reactor runs.
struct reactor_options {
    /// The file that says how far it has come, and nothing else: `mails.reactor`. Made when there is none. It cannot be
    /// made again from the log, so keep it: without it, a reactor is new.
    std::filesystem::path file{};
    /// Where it begins, if it is new. Not the first event of the store, unless you say so: a reactor that is added to a
    /// store of last year would send the mails of last year.
    start_at start = start_at::latest();
    retry_options retries{};
    /// The most events whose effects are had before that is saved, and so the most that are had again after a kill.
    std::size_t unsaved_max = 1;
    /// Renamed and upcast events, as for repositories.
    event_registry events{};
};

}  // namespace leftfold::inline v0
