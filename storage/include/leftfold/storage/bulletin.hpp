#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// What a store's owner tells everyone after each group commit (semantics 8).
struct bulletin_page {
    store_epoch epoch{};
    /// Rises with each page.
    std::uint64_t sequence{};
    /// No append will ever receive `closed.until` or an earlier time.
    closed_state closed{};
    /// The committed head of each partition.
    std::vector<offset> heads{};

    friend bool operator==(const bulletin_page&, const bulletin_page&) = default;
};

/// The board on which a store's owner says how far it is, read by other processes, and the small durable note that
/// keeps its clock from going back.
///
/// Only the owner calls the functions of the first group. All are safe from any thread.
class bulletin {
public:
    virtual ~bulletin() = default;

    /// Returns the saved upper bound of the clock, or nothing for a new store.
    virtual std::optional<recorded_at> clock_bound() = 0;
    /// Saves the bound durably: one synced write. The clock never passes it, so a restart that begins above it repeats
    /// no time.
    virtual void save_clock_bound(recorded_at bound) = 0;
    /// Shows a page to all readers. One small write, not synced: it is a hint about what is durable elsewhere.
    virtual void publish(const bulletin_page& page) = 0;
    /// From now on calls `close` with each time that a reader asks to be closed, on a thread of the board's own or,
    /// where there are no other processes, never. Until stop_answering() returns, which waits for a call that is under
    /// way.
    virtual void answer(unique_function<void(recorded_at)> close) = 0;
    virtual void stop_answering() = 0;

    /// Returns the page that the owner published last, if it is whole and there is one.
    virtual std::optional<bulletin_page> read() = 0;
    /// Asks the owner to close `when`.
    virtual void ask(recorded_at when) = 0;
    /// Waits until a page with a sequence above `seen` is there or the time is over, whichever is first. Does not poll
    /// where the system can wake.
    virtual void wait(std::uint64_t seen, std::chrono::microseconds at_most) = 0;
    /// Ends every wait(), and those to come.
    virtual void end_waits() = 0;
    /// Does what an owner who is gone cannot do any more: see closing.hpp, whose seal() is this.
    virtual seal_report seal(recorded_at at_least) = 0;
};

}  // namespace leftfold::inline v0
