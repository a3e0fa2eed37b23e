#include "change_taps.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

/// Tells all who follow one table.
class change_taps::recorder final : public row_recorder {
public:
    void add(std::weak_ptr<tap_queue> tap) { taps_.push_back(std::move(tap)); }
    bool is_followed() const { return !taps_.empty(); }
    /// Forgets those who have gone. Returns whether nobody is left of some.
    bool forget_gone() {
        const auto gone = std::erase_if(taps_, [](const auto& each) { return each.expired(); });
        return gone > 0 && taps_.empty();
    }
    template <class Visit>
    void visit(Visit&& visit) const {
        for (const auto& each : taps_)
            if (const auto tap = each.lock()) visit(*tap);
    }

    void changed(recorded_at when, std::size_t number, const void* before, const void* after) override {
        visit([&](tap_queue& each) { each.changed(when, number, before, after); });
    }
    void missed() noexcept override {
        visit([](tap_queue& each) { each.missed(); });
    }

private:
    std::vector<std::weak_ptr<tap_queue>> taps_;
};

change_taps::change_taps() = default;

change_taps::~change_taps() { end(errc::projection_stopped, "its engine is gone"); }

void change_taps::add(const std::string& table, const std::shared_ptr<tap_queue>& tap) {
    auto& of_table = recorders_[table];
    if (!of_table) of_table = std::make_unique<recorder>();
    of_table->add(tap);
}

void change_taps::listen_to(projection_base& instance) {
    for (auto* part : projection_access::parts(instance)) {
        const auto found = recorders_.find(part->name());
        part->tell(found != recorders_.end() && found->second->is_followed() ? found->second.get() : nullptr);
    }
}

bool change_taps::publish(recorded_at through) {
    bool has_gone = false;
    for (const auto& [table, each] : recorders_) {
        each->visit([&](tap_queue& tap) { tap.publish(through); });
        has_gone = each->forget_gone() || has_gone;
    }
    return has_gone;
}

void change_taps::discard() {
    for (const auto& [table, each] : recorders_) each->visit([](tap_queue& tap) { tap.discard(); });
}

void change_taps::end(errc why, const std::string& text) {
    for (const auto& [table, each] : recorders_) each->visit([&](tap_queue& tap) { tap.end(why, text); });
}

}  // namespace leftfold::inline v0::detail
