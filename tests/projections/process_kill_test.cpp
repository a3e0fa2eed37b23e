// A whole program with a process manager, its engine at work on its threads, killed (SIGKILL) again and again: nothing
// that it does is lost, and nothing is done twice.

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

#include "leftfold/storage/sqlite_store.hpp"
#include "projections/rides.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace process_kill_test {

using leftfold::test_support::child_process;
using namespace std::chrono_literals;

/// Both clocks, much faster than life, so that a deadline of half a minute is soon reached. Goes on over a restart. Not
/// faster than this: a store that needs more than a minute to save its clock's bound, a minute ahead, saves it again.
class fast_clock final : public leftfold::clock_source {
public:
    static constexpr int times = 100;
    std::int64_t wall_us() override { return 1'767'225'600'000'000 + elapsed_us(); }
    std::int64_t elapsed_us() override {
        return std::chrono::duration_cast<std::chrono::microseconds>(since_.time_since_epoch()).count() +
               times * std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - since_)
                           .count();
    }

private:
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

/// Watches over rides: of those that are late it learns by a deadline, of a busy driver by a refusal.
class watch : public leftfold::process_manager<watch, rides::requested, rides::given_up> {
public:
    static constexpr auto process_name = "watch";
    using deadlines = leftfold::deadlines<rides::no_answer>;
    template <class Event>
    static std::string correlate(const Event&, const leftfold::recorded& at) {
        return at.key();
    }
    void react(const rides::requested& e, reaction& then) const {
        then.schedule(then.key().starts_with("late") ? 30s : 24h, rides::no_answer{e.driver});
        then.execute<rides::driver>(e.driver, [ride = then.key()](rides::driver& d) { d.offer(ride); });
    }
    void react(const rides::no_answer&, reaction& then) const { give_up(then); }
    void react(const leftfold::command_refused&, reaction& then) const { give_up(then); }
    void apply(const rides::given_up&) { is_over_ = true; }
    bool is_finished() const { return is_over_; }

private:
    static void give_up(reaction& then) {
        then.execute<rides::ride>(then.key(), [](rides::ride& r) { r.give_up("nobody"); });
    }
    bool is_over_ = false;
};

using log_by_stream = std::map<std::string, std::vector<std::string>>;

log_by_stream read(leftfold::event_store& store) {
    log_by_stream found;
    store.read_all(leftfold::cut(store.partitions()), store.heads(), {}, leftfold::payloads::skip,
                   [&](const leftfold::event_view& event) {
                       found[std::string(event.category) + "-" + std::string(event.key)].emplace_back(event.type);
                       return true;
                   });
    return found;
}

class killed_program : public testing::Test {
protected:
    static constexpr int lives = 12;

    leftfold::event_store open() const {
        return leftfold::open_sqlite(
            directory_.path() / "rides.store",
            {.partitions = 2,
             .store = {.limits = {.max_clock_jump = 24h, .max_clock_ahead = 24h}, .world = {.clock = clock_}}});
    }

    /// Two rides, of which the driver does not answer the first, and so refuses the second. Asking again does nothing.
    static void ask_for_rides(leftfold::repository<rides::ride>& on, int life) {
        const auto driver = "driver" + std::to_string(life);
        for (const std::string which : {"late", "busy"}) {
            const auto key = which + std::to_string(life);
            on.execute(leftfold::command_id("ask " + key), key, [&](rides::ride& r) { r.request(driver); });
        }
    }

    /// The program. Kills itself at the n-th step of the process, if it comes there. Ends when all that the rides lead
    /// to is done.
    int run(int life, int dies_at, int pipe) const {
        auto store = open();
        leftfold::repository<rides::ride> all{store};
        leftfold::repository<rides::driver> drivers{store};
        std::atomic<int> steps{0};
        leftfold::projection_engine engine{store, {.longest_rest = 2ms, .failpoint = [&](std::string_view) {
                                                       if (++steps == dies_at) ::kill(::getpid(), SIGKILL);
                                                   }}};
        engine.add_process<watch>({}, all, drivers);
        engine.start();
        if (::write(pipe, "r", 1) != 1) return 1;
        for (int each = 0; each <= life; ++each) ask_for_rides(all, each);
        const auto end = std::chrono::steady_clock::now() + 20s;
        for (auto seen = store.heads(); std::chrono::steady_clock::now() < end; seen = store.wait_beyond(seen, 100ms)) {
            int over = 0;
            for (const auto& [stream, types] : read(store)) over += types.back() == rides::given_up::event_type ? 1 : 0;
            const auto now = engine.status<watch>();
            if (over == 2 * (life + 1) && now.state == leftfold::projection_state::live) return 0;
        }
        return 2;
    }

    /// What the log has to hold in the end.
    static log_by_stream expected() {
        log_by_stream all;
        all["process-watch"] = {"leftfold.process_begun"};
        for (int life = 0; life != lives; ++life) {
            const auto n = std::to_string(life);
            all["ride-late" + n] = {"rides.requested", "rides.given_up"};
            all["ride-busy" + n] = {"rides.requested", "rides.given_up"};
            all["driver-driver" + n] = {"rides.offered"};
            all["process.watch-late" + n] = {"leftfold.process_decided", "leftfold.deadline_due"};
            all["process.watch-busy" + n] = {"leftfold.process_decided", "leftfold.command_refused",
                                             "leftfold.process_decided"};
        }
        return all;
    }

    leftfold::test_support::temporary_directory directory_;
    std::shared_ptr<fast_clock> clock_ = std::make_shared<fast_clock>();
};

TEST_F(killed_program, does_nothing_twice_and_loses_nothing) {
    const auto* const given = std::getenv("LEFTFOLD_SEED");
    const auto seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
    std::mt19937_64 random(seed);
    int killed_in_a_step = 0;
    int killed_from_outside = 0;
    for (int life = 0; life != lives; ++life) {
        const bool is_last = life == lives - 1;
        const bool by_itself = life % 2 == 0 && !is_last;
        const int dies_at = by_itself ? 1 + static_cast<int>(random() % 14) : 0;
        child_process program([&](int pipe) { return run(life, dies_at, pipe); });
        char ready = 0;
        const auto said = ::read(program.pipe(), &ready, 1);
        ASSERT_TRUE(said == 1 || by_itself) << "the program came up";  // its engine may be there first, and kill it
        if (!by_itself && !is_last) {
            // At any time of its work: the program says no more, so the wait ends when it has lasted so long.
            pollfd silence{.fd = program.pipe(), .events = POLLIN, .revents = 0};
            ::poll(&silence, 1, static_cast<int>(random() % 30));
            program.kill();
            ++killed_from_outside;
            continue;
        }
        const auto status = program.wait();
        if (by_itself && status == -1)
            ++killed_in_a_step;
        else
            ASSERT_EQ(status, 0) << "life " << life;
    }
    auto store = open();
    EXPECT_EQ(read(store), expected()) << "seed " << seed;
    std::printf("killed process managers: %d kills between two steps, %d at random, 0 events lost, 0 doubled\n",
                killed_in_a_step, killed_from_outside);
    EXPECT_GE(killed_in_a_step, 1);
}

}  // namespace process_kill_test
