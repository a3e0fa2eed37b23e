#include <ctime>

#include "leftfold/storage/assert.hpp"
#include "system_world.hpp"

namespace leftfold::inline v0::detail {

namespace {

std::int64_t read_us(clockid_t clock) {
    timespec now{};
    LEFTFOLD_ASSERT(clock_gettime(clock, &now) == 0);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

class system_clocks final : public clock_source {
public:
    std::int64_t wall_us() override { return read_us(CLOCK_REALTIME); }
    // CLOCK_MONOTONIC stands still while the machine sleeps: waking up would look like a jump of the wall clock.
    std::int64_t elapsed_us() override { return read_us(CLOCK_BOOTTIME); }
};

}  // namespace

std::shared_ptr<clock_source> make_system_clocks() { return std::make_shared<system_clocks>(); }

}  // namespace leftfold::inline v0::detail
