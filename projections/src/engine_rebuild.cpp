// The rebuilds that an engine is asked for: docs/rebuilding.md.

#include "engine_core.hpp"
#include "rebuild.hpp"

namespace leftfold::inline v0 {

rebuild_report projection_engine::rebuild_of(std::string_view name, rebuild_options options) {
    const detail::rebuild_count::one counted(core_->rebuilds, core_->signals->stopping);
    auto& live = *core_->find_entry(name).work;
    detail::rebuild building(options);
    try {
        core_->at_worker(live, [&] { building.begin(live); });
        building.follow(live);
        core_->at_worker(live, [&] { building.meet(live); });
        const bool may_swap = building.compare();
        if (may_swap) building.follow(live);
        core_->at_worker(live, [&] { may_swap ? building.swap(live) : building.drop(live); });
    } catch (const std::exception&) {
        core_->at_worker(live, [&] { building.drop(live); });
        throw;
    } catch (...) {
        core_->leave();
        throw;
    }
    return building.report();
}

void projection_engine::roll_back_of(std::string_view name) { core_->roll_back(name); }

void detail::engine_core::roll_back(std::string_view projection) {
    const rebuild_count::one counted(rebuilds, signals->stopping);
    auto& of = *find_entry(projection).work;
    at_worker(of, [&] { of.roll_back(); });
}

}  // namespace leftfold::inline v0
