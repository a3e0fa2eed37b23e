#include "watchdog.hpp"

#include <exception>
#include <system_error>

#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::detail {

void watchdog::start() {
    if (!store_.world().observer || store_.access() == access::read_only) return;
    store_.start_wait_beyond(beyond_all(store_.partitions()), every_,
                             [weak = weak_from_this()](std::error_code, const cut&) {
                                 if (const auto self = weak.lock()) self->look();
                             });
}

void watchdog::stop() {
    const std::lock_guard lock(mutex_);
    boards_.clear();
}

void watchdog::look() {
    const std::lock_guard lock(mutex_);
    if (boards_.empty()) return;
    for (auto* each : boards_) tell(*each);
    try {
        start();
    } catch (const std::exception&) {
        boards_.clear();  // the store is closed: nothing moves any more
    }
}

void watchdog::tell(model_board& of) const {
    try {
        if (const auto stall = of.look_for_stall()) store_.world().observer->on_warning(*stall);
    } catch (const std::exception&) {
        return;  // a store that cannot be asked stops the projection too, which says so
    }
}

}  // namespace leftfold::inline v0::detail
