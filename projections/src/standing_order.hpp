#pragma once

#include <cstdint>
#include <string>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0::detail {

/// What a projection, a process or a reactor was told, until it is told something else.
struct standing_order {
    enum class kind {
        run,
        drain,  ///< work up to `until`, then pause
        pause,  ///< work on nothing; outlives the program
        stop,   ///< work on nothing
    };

    kind what = kind::run;
    std::string by{};
    std::int64_t since_us = 0;  ///< by the wall clock
    cut until{};

    bool forbids_work() const { return what == kind::pause || what == kind::stop; }
    bool is_drained_at(const cut& durable) const { return what == kind::drain && durable.covers(until); }
};

/// That something is paused, as it is kept for the next program.
struct pause_note {
    std::string by;
    std::int64_t since_us = 0;
};

}  // namespace leftfold::inline v0::detail
