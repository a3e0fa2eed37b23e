#include "leftfold/projections/change_tap.hpp"

#include "engine_core.hpp"
#include "tap_queue.hpp"

namespace leftfold::inline v0::detail {

tap_core::tap_core(projection_engine& engine, std::string_view projection, const table_core& table, rows_copier copy,
                   change_tap_options options)
    : world_(engine.core_->store.world()), table_(table.name()) {
    auto& core = *engine.core_;
    auto& of = *core.find_entry(projection).work;
    core.at_worker(of, [&] { queue_ = of.follow(table_, copy, options); });
}

tap_core::~tap_core() = default;
tap_core::tap_core(tap_core&&) noexcept = default;
tap_core& tap_core::operator=(tap_core&&) noexcept = default;

void tap_core::take(std::chrono::milliseconds at_most, taker take) { queue_->take(at_most, take); }

change_position tap_core::position() const { return queue_->position(); }

void tap_core::interrupt() { queue_->interrupt(); }

}  // namespace leftfold::inline v0::detail
