#include "asked_time.hpp"

#include <chrono>

#include "leftfold/storage/asked_time.hpp"

namespace leftfold::inline v0::tools {

recorded_at time_in(const event_store& store, const std::string& text) {
    return recorded_at(parse_asked_time(text, instant{std::chrono::microseconds{store.world().clock->wall_us()}}));
}

}  // namespace leftfold::inline v0::tools
