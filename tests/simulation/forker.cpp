#include "simulation/forker.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/fork.hpp"

namespace leftfold::simulation {

namespace {

/// What disks that fail and clocks that turn lead to. A file that cannot be opened is asked for in the real file
/// system, where none is; at the end each has to be there.
bool comes_of_bad_disks_or_clocks(errc why) {
    return why == errc::io_error || why == errc::disk_full || why == errc::not_found || why == errc::clock_jump ||
           why == errc::clock_ahead || why == errc::would_block || why == errc::outcome_unknown;
}

}  // namespace

void forker::begin() {
    world_.runs.after(std::chrono::microseconds{world_.luck.between(0, 2 * world_.thinks.count())}, [this] {
        if (!world_.begins_new) return;
        if (world_.at.is_up() && !branches_.empty()) proceed();
        begin();
    });
}

cut forker::draw_cut() {
    auto at = world_.told.log().heads();
    for (std::uint32_t p = 0; p != at.partitions(); ++p) {
        const partition_id partition(p);
        at.set(partition, offset(world_.luck.between(0, at.at(partition).value())));
    }
    return at;
}

void forker::visit() {
    if (branches_.size() == most || world_.luck.one_in(3)) return;
    const auto at = draw_cut();
    const auto path = fmt::format("/fork{}.store", ++made_);
    world_.notes.note("fork", made_);
    world_.at.maintain([&](event_store& store) {
        fork(store, at, path, world_.at.options_of_fork());
        if (!world_.at.has_fallen()) branches_.emplace_back(path, world_.told.log().up_to(at));
    });
}

void forker::end() {
    for (auto& each : branches_) each.end();
}

void forker::open(branch& of) {
    auto opened = world_.at.open_beside(of.path(), of);
    if (!world_.at.has_fallen()) of.begin(std::move(opened), world_.at.life());
}

void forker::proceed() {
    auto& chosen = branches_[world_.luck.below(branches_.size())];
    const auto life = world_.at.life();
    try {
        if (!chosen.is_open()) open(chosen);
        if (life->is_over) return;
        const auto number = world_.luck.between(-1, world_.told.next_request() - 1);
        if (number >= 0 && world_.told.asked(number).has_ids && world_.luck.one_in(2)) {
            auto streams = world_.told.asked(number).streams;
            for (auto& each : streams) each.expected = expected_version::any();
            chosen.append(number, streams);
            world_.notes.note("forked append", number);
        } else {
            chosen.read(world_.names.account(world_.luck.below(world_.names.accounts)));
            world_.notes.note("forked read");
        }
        ++world_.operations;
    } catch (const error& failed) {
        world_.notes.note("fork failed", static_cast<std::int64_t>(failed.kind()));
        if (life->is_over) return;
        if (!comes_of_bad_disks_or_clocks(failed.kind()))
            world_.told.found().complain(chosen.path() + ": " + failed.what());
        chosen.end();
    }
}

void forker::look_at_the_end() {
    for (auto& each : branches_) {
        each.end();
        try {
            open(each);
        } catch (const error& failed) {
            world_.told.found().complain(each.path() + ": " + failed.what());
        }
    }
}

}  // namespace leftfold::simulation
