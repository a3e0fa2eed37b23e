#pragma once

#include <cstdint>
#include <exception>

#include "lane.hpp"

namespace leftfold::inline v0::detail {

/// What a driver drives: a projection, a process.
class worker {
public:
    virtual ~worker() = default;

    /// Does the next thing, and says what it was. Never throws for what an event or a database did.
    virtual lane::action step() = 0;
    /// Something failed around a step, which no step took for its own: goes on from what is durable, after a wait.
    virtual void broke_off(const std::exception& failed) = 0;
    /// When there is something to do again that no event announces, in elapsed time; the greatest number: never.
    virtual std::int64_t due_us(std::int64_t now) const = 0;
};

}  // namespace leftfold::inline v0::detail
