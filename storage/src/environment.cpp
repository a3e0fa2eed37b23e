#include "leftfold/storage/environment.hpp"

#include "system_world.hpp"

namespace leftfold::inline v0 {

environment complete(environment given) {
    if (!given.clock) given.clock = detail::make_system_clocks();
    if (!given.random) given.random = detail::make_system_random();
    if (!given.executors) given.executors = detail::make_system_threads();
    return given;
}

}  // namespace leftfold::inline v0
