#pragma once

#include <chrono>

#include "simulation/clients.hpp"

namespace leftfold::simulation {

/// How often each kind of trouble comes, as a mean time between two; zero: never.
struct weather {
    std::chrono::microseconds falls{};
    std::chrono::microseconds restarts{};
    std::chrono::microseconds disk_faults{};
    std::chrono::microseconds slow_disks{};
    std::chrono::microseconds clock_steps{};
    std::chrono::microseconds stalls{};
};

/// Draws the weather of a run of about that length: some are calm, some have one kind of trouble, some all.
weather draw_weather(std::chrono::microseconds length, chance& luck);

/// Brings the trouble, and afterwards the help: somebody starts the machine again, mends the disk, sets the clock.
class troublemaker {
public:
    troublemaker(client_world& world, simulated_clock& clock, weather how) : world_(world), clock_(clock), how_(how) {}

    void begin();
    /// Ends all trouble, so that the run can come to an end.
    void make_peace();
    /// A machine that is down is started after a while.
    void start_again();

private:
    void every(std::chrono::microseconds mean, void (troublemaker::*trouble)());
    void bring_down();
    void restart();
    void break_disk();
    void slow_disk();
    void turn_clock();
    void stall();
    void set_clock_right();

    client_world& world_;
    simulated_clock& clock_;
    weather how_;
    bool is_peace_ = false;
    bool is_starting_ = false;
};

}  // namespace leftfold::simulation
