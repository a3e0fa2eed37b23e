#include <algorithm>

#include "deadline.hpp"
#include "store_core.hpp"

namespace leftfold::inline v0 {

namespace {

/// Beside another process's store: waits for pages of its bulletin until the condition holds. The bulletin is a hint,
/// the log is the truth, so the condition asks the log.
template <class Condition>
bool wait_on_bulletin(store_core& core, std::chrono::milliseconds at_most, Condition fulfilled) {
    auto& board = *core.parts.bulletin;
    const auto deadline = deadline_after(at_most);
    for (;;) {
        const auto page = board.read();  // before the look at the log, so that no change falls between them
        if (core.is_closed()) return false;
        if (fulfilled()) return true;
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left.count() <= 0) return false;
        board.wait(page ? page->sequence : 0, std::chrono::duration_cast<std::chrono::microseconds>(left));
    }
}

}  // namespace

bool event_store::wait_for(leftfold::position where, std::chrono::milliseconds at_most) {
    core_->check_open();
    core_->check_partition(where.partition);
    const auto there = [&] { return core_->heads().at(where.partition) >= where.at; };
    if (!core_->owner()) return wait_on_bulletin(*core_, at_most, there);
    return core_->grown->until(deadline_after(at_most), [&] { return core_->grown->heads().covers(where); });
}

cut event_store::wait_beyond(const cut& seen, std::chrono::milliseconds at_most) {
    auto heads = core_->heads();
    if (!core_->owner()) {
        wait_on_bulletin(*core_, at_most, [&] {
            heads = core_->heads();
            return !seen.covers(heads);
        });
    } else {
        core_->grown->until(deadline_after(at_most), [&] {
            heads = core_->grown->heads();
            return !seen.covers(heads);
        });
    }
    return heads;
}

void event_store::start_wait_beyond(cut seen, std::chrono::milliseconds at_most, wait_handler done) {
    core_->check_open();
    if (core_->owner()) {
        core_->grown->when_beyond(
            seen, deadline_after(at_most), [done = std::move(done)](cut heads) mutable { done({}, std::move(heads)); },
            [&](unique_function<void()> task) { core_->wake(std::move(task)); });
        return;
    }
    core_->wake([core = core_, seen = std::move(seen), at_most, done = std::move(done)]() mutable {
        std::error_code failed;
        cut heads;
        try {
            heads = event_store(core).wait_beyond(seen, at_most);
        } catch (const error& e) {
            failed = e.code();
        }
        done(failed, std::move(heads));
    });
}

}  // namespace leftfold::inline v0
