#pragma once

#include <cstdint>
#include <vector>

#include "simulation/clients.hpp"

namespace leftfold::simulation {

/// How often each kind of trouble comes: after about so many operations each time; zero: never.
struct weather {
    std::int64_t falls = 0;
    std::int64_t restarts = 0;
    std::int64_t disk_faults = 0;
    std::int64_t slow_disks = 0;
    std::int64_t clock_turns = 0;
    std::int64_t stalls = 0;
};

/// Draws the weather of a run: some are calm, some have one kind of trouble, some all.
weather draw_weather(chance& luck);

/// Brings the trouble, and afterwards the help: somebody starts the machine again, mends the disk, sets the clock.
class troublemaker {
public:
    troublemaker(client_world& world, simulated_clock& clock, const weather& how);

    /// Brings what is due. Called after each step.
    void look();
    /// A machine that is down is started after a while.
    void start_again();
    /// Ends all trouble, so that the run can come to an end.
    void make_peace();

private:
    struct kind {
        std::int64_t mean;
        void (troublemaker::*bring)();
        std::int64_t due = 0;  // when so many operations were done
    };

    void bring_down();
    void restart();
    void break_disk();
    void slow_disk();
    void turn_clock();
    void set_clock_right();
    void stall();
    fall draw_fall() { return static_cast<fall>(world_.luck.below(4)); }

    client_world& world_;
    simulated_clock& clock_;
    std::vector<kind> kinds_;
    bool machines_fall_;
    bool is_peace_ = false;
    bool is_starting_ = false;
};

}  // namespace leftfold::simulation
