#include "generation_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <vector>

namespace leftfold::inline v0::detail {

std::shared_ptr<model_database> generation_shelf::open(std::int64_t number) const {
    if (number == first_generation) return home_;
    return std::make_shared<model_database>(home_, generation_file(home_->file(), projection_, number));
}

void generation_shelf::begin(std::int64_t beyond) {
    const auto next = std::max(now_.made, beyond) + 1;
    change({.live = now_.live, .building = next, .made = next});
}

void generation_shelf::build_on(std::int64_t number) {
    auto to = now_;
    if (to.building == number) return;
    to.building = number;
    if (to.kept == number) to.kept.reset();
    change(to);
}

void generation_shelf::swap() { change({.live = now_.building.value(), .kept = now_.live, .made = now_.made}); }

void generation_shelf::roll_back() {
    auto to = now_;
    std::swap(to.live, *to.kept);
    change(to);
}

void generation_shelf::drop_building() {
    auto to = now_;
    to.building.reset();
    change(to);
}

void generation_shelf::drop_others() {
    if (!now_.kept && !now_.building) return;
    change({.live = now_.live, .made = now_.made});
}

void generation_shelf::change(const model_generations& to) {
    home_->write_synced([&] {
        if (now_.names(first_generation) && !to.names(first_generation)) home_->forget(projection_);
        home_->save_generations(projection_, to);
    });
    now_ = to;
    remove_strays();
}

void generation_shelf::remove_strays() const noexcept {
    try {
        remove_files();
    } catch (const std::exception&) {
        // A directory that cannot be listed, no memory: another time.
    }
}

void generation_shelf::remove_files() const {
    const auto all = generation_file(home_->file(), projection_, 0).filename().string();
    const std::string_view start(all.data(), all.size() - 1);  // `views.db.balances.g`
    std::vector<std::filesystem::path> strays;
    const auto directory = std::filesystem::absolute(home_->file()).parent_path();
    for (const auto& each : std::filesystem::directory_iterator(directory)) {
        const auto name = each.path().filename().string();
        if (!name.starts_with(start)) continue;
        std::int64_t number = 0;
        const auto* const end = name.data() + name.size();
        const auto [rest, failed] = std::from_chars(name.data() + start.size(), end, number);
        const std::string_view what(rest, static_cast<std::size_t>(end - rest));
        const bool ours = failed == std::errc{} && (what.empty() || what == "-wal" || what == "-shm");
        if (ours && !now_.names(number)) strays.push_back(each.path());
    }
    // The database goes before its WAL: one without the other would be a database of another time.
    std::sort(strays.begin(), strays.end());
    for (const auto& each : strays) {
        std::error_code ignored;
        std::filesystem::remove(each, ignored);
    }
}

}  // namespace leftfold::inline v0::detail
