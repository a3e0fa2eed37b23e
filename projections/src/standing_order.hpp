#pragma once

#include <cstdint>
#include <string>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0::detail {

/// What a projection was told, until it is told something else.
struct standing_order {
    enum class kind {
        run,
        drain,  ///< fold up to `until`, then pause
        pause,  ///< fold nothing; outlives the program
        stop,   ///< fold nothing
    };

    kind what = kind::run;
    std::string by{};
    std::int64_t since_us = 0;  ///< by the wall clock
    cut until{};

    bool forbids_folding() const { return what == kind::pause || what == kind::stop; }
    bool is_drained_at(const cut& durable) const { return what == kind::drain && durable.covers(until); }
};

}  // namespace leftfold::inline v0::detail
