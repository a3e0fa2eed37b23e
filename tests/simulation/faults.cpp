#include "simulation/faults.hpp"

#include "leftfold/storage/error.hpp"

namespace leftfold::simulation {

using namespace std::chrono_literals;
using test_support::disk_call;
using test_support::disk_fault;
using test_support::disk_outcome;
using test_support::fault_length;

weather draw_weather(chance& luck) {
    if (luck.one_in(10)) return {};
    const auto some = [&](std::int64_t least, std::int64_t most) {
        return luck.one_in(3) ? 0 : luck.between(least, most);
    };
    return {.falls = some(80, 1'000),
            .restarts = some(300, 2'000),
            .disk_faults = some(20, 500),
            .slow_disks = some(100, 1'000),
            .clock_turns = some(50, 1'000),
            .stalls = some(50, 1'000)};
}

troublemaker::troublemaker(client_world& world, simulated_clock& clock, const weather& how)
    : world_(world), clock_(clock), machines_fall_(how.falls != 0) {
    const std::initializer_list<kind> all{
        {how.falls, &troublemaker::bring_down},       {how.restarts, &troublemaker::restart},
        {how.disk_faults, &troublemaker::break_disk}, {how.slow_disks, &troublemaker::slow_disk},
        {how.clock_turns, &troublemaker::turn_clock}, {how.stalls, &troublemaker::stall}};
    for (auto each : all) {
        if (each.mean == 0) continue;
        each.due = world_.luck.between(0, 2 * each.mean);
        kinds_.push_back(each);
    }
}

void troublemaker::look() {
    if (is_peace_) return;
    for (auto& each : kinds_) {
        if (world_.operations < each.due) continue;
        each.due = world_.operations + world_.luck.between(1, 2 * each.mean);
        (this->*each.bring)();
    }
}

void troublemaker::bring_down() {
    if (!world_.at.is_up()) return;
    const auto calls = world_.luck.one_in(4) ? 0 : 1 + world_.luck.below(world_.luck.one_in(2) ? 10 : 200);
    world_.at.fall_in(calls, draw_fall());
}

void troublemaker::restart() {
    if (!world_.at.is_up()) return;
    world_.at.shut_down();
    start_again();
}

void troublemaker::start_again() {
    if (is_starting_) return;
    is_starting_ = true;
    world_.runs.after(world_.luck.time_up_to(is_peace_ ? 10ms : 60s), [this] {
        is_starting_ = false;
        if (world_.at.is_up()) return;
        if (machines_fall_ && !is_peace_ && world_.luck.one_in(5))
            world_.at.fall_in(1 + world_.luck.below(300), draw_fall());
        world_.at.boot();
        if (!world_.at.is_up()) start_again();
    });
}

void troublemaker::break_disk() {
    using enum disk_call;
    static constexpr std::array kinds{test_support::calls({write}),
                                      test_support::calls({sync, sync_directory}),
                                      test_support::calls({read}),
                                      test_support::calls({open}),
                                      test_support::calls({truncate, remove}),
                                      test_support::calls({write, sync, sync_directory, truncate})};
    static constexpr std::array outcomes{disk_outcome::io_error, disk_outcome::no_space, disk_outcome::short_write};
    const auto length = world_.luck.one_in(3) ? fault_length::until_healed : fault_length::once;
    const disk_fault fault{kinds[world_.luck.below(kinds.size())], 1 + world_.luck.below(20),
                           outcomes[world_.luck.below(outcomes.size())], length};
    world_.notes.note("break disk", fault.calls, static_cast<std::int64_t>(fault.nth),
                      static_cast<std::int64_t>(fault.outcome));
    world_.at.break_disk(fault);
    world_.runs.after(world_.luck.time_up_to(100ms), [this] {
        world_.notes.note("mend disk");
        world_.at.mend_disk();
    });
}

void troublemaker::slow_disk() {
    world_.notes.note("slow disk");
    world_.at.slow_disk(world_.luck.between(2, 200));
    world_.runs.after(world_.luck.time_up_to(1s), [this] { world_.at.slow_disk(1); });
}

void troublemaker::turn_clock() {
    const auto by = world_.luck.time_up_to(24h);
    switch (world_.luck.below(4)) {
        case 0:
            clock_.freeze();
            break;
        case 1:
            clock_.step(by);
            break;
        default:
            clock_.step(-by);
    }
    world_.notes.note("turn clock", by.count(), clock_.wall_us());
    if (!world_.luck.one_in(3)) world_.runs.after(world_.luck.time_up_to(2s), [this] { set_clock_right(); });
}

void troublemaker::set_clock_right() {
    world_.notes.note("set clock right");
    clock_.set_right();
}

void troublemaker::stall() {
    const auto time = world_.luck.time_up_to(30s);
    world_.notes.note("stall", time.count());
    world_.runs.stall(time);
}

void troublemaker::make_peace() {
    is_peace_ = true;
    clock_.set_right();
    world_.at.mend_disk();
    world_.at.slow_disk(1);
    if (world_.at.is_up()) return;
    is_starting_ = false;  // a start that was to come in a minute: nobody is that patient in peace
    start_again();
}

}  // namespace leftfold::simulation
