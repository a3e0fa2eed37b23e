#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "lane.hpp"
#include "leftfold/projections/start.hpp"
#include "leftfold/storage/position.hpp"
#include "model_board.hpp"

namespace leftfold::inline v0::detail {

/// What a driver drives and an engine gives orders to: a projection, a process, a reactor.
class worker {
public:
    virtual ~worker() = default;

    // Safe from any thread

    virtual const std::string& name() const = 0;
    /// What it is, for people: `projection`, `process`, `reactor`.
    virtual const char* kind() const = 0;
    /// Where it stands, for whoever asks or waits.
    virtual model_board& board() = 0;

    // For the thread that steps

    /// Does the next thing, and says what it was. Never throws for what an event or a database did.
    virtual lane::action step() = 0;
    /// Something failed around a step, which no step took for its own: goes on from what is durable, after a wait.
    virtual void broke_off(const std::exception& failed) = 0;
    /// When there is something to do again that no event announces, in elapsed time; the greatest number: never.
    virtual std::int64_t due_us(std::int64_t now) const = 0;

    // Orders (docs/operating.md), for the thread that steps. Whoever gave one is told with the state that it led to.

    /// Works on nothing until it is resumed, restarts included. Durable on return.
    virtual void pause(const std::string& by) = 0;
    /// Works again, also after it failed for good.
    virtual void resume(const std::string& by) = 0;
    /// Works on what is in `until`, then pauses: in a later step, if it has not come so far yet.
    virtual void drain(cut until, const std::string& by) = 0;
    /// Works on nothing until it is resumed or the program starts again.
    virtual void stop_working(const std::string& by) = 0;
    /// Begins anew from there. Durable on return. Throws what find_start() does, or errc::unsupported, and has then
    /// changed nothing.
    virtual void seek(const start_at& where, const std::string& by) = 0;
};

}  // namespace leftfold::inline v0::detail
