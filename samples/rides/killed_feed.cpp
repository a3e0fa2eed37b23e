#include "rides/killed_feed.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "rides/warehouse.hpp"

namespace rides {

namespace {

void run_feed(const files& in, std::shared_ptr<leftfold::clock_source> clock, int lines) {
    auto store = leftfold::open_sqlite(
        in.store(), {.access = leftfold::access::read_only, .store = {.world = {.clock = std::move(clock)}}});
    leftfold::projection_engine engine{store, {.failpoint = [&lines](std::string_view step) {
                                           if (step == "an effect is had" && --lines == 0) ::raise(SIGKILL);
                                       }}};
    engine.add_reactor<warehouse>({.file = in.feed(), .start = leftfold::start_at::earliest()}, in.lines());
    engine.catch_up();
}

}  // namespace

int run_feed_until_killed(const files& in, std::shared_ptr<leftfold::clock_source> clock, int lines) {
    const auto child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        try {
            run_feed(in, std::move(clock), lines);
            ::_exit(0);
        } catch (const std::exception& failed) {
            std::cerr << "the feed: " << failed.what() << std::endl;
            ::_exit(1);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace rides
