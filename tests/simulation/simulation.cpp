#include "simulation/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "leftfold/storage/error.hpp"
#include "simulation/consumers.hpp"
#include "simulation/faults.hpp"
#include "simulation/forker.hpp"
#include "simulation/historian.hpp"

namespace leftfold::simulation {

namespace {

// Small limits, so that runs reach them; but a blocking append waits for room in its queue, which on one thread nobody
// makes meanwhile.
store_limits draw_limits(chance& luck, bool has_consumers) {
    store_limits limits;
    limits.as_of_wait = std::chrono::milliseconds{0};  // nobody closes a time meanwhile
    limits.conflict_events = static_cast<std::size_t>(luck.between(1, 20));
    limits.remembered_heads_bytes = static_cast<std::size_t>(luck.one_in(2) ? luck.between(1, 8) : 65'536);
    limits.group_events = static_cast<std::size_t>(luck.one_in(4) ? luck.between(1, 10) : 4'096);
    limits.queue_appends = static_cast<std::size_t>(luck.one_in(4) && !has_consumers ? luck.between(2, 10) : 1'000);
    return limits;
}

machine_options draw_machine(chance& luck, defect planted, bool has_consumers) {
    return {.partitions = static_cast<std::uint32_t>(luck.between(1, 4)),
            .wal_pages = static_cast<std::int32_t>(luck.one_in(2) ? luck.between(4, 40) : luck.between(100, 1'000)),
            .limits = draw_limits(luck, has_consumers),
            .disk_latency = luck.time_up_to(std::chrono::milliseconds{5}),
            .planted = planted};
}

/// One run and all that takes part in it.
class stage {
public:
    stage(std::uint64_t seed, const run_options& options)
        : options_(options),
          luck_(seed),
          has_consumers_(luck_.one_in(2)),
          has_forks_(luck_.one_in(2)),
          machine_options_(draw_machine(luck_, options.planted, has_consumers_)),
          oracle_(machine_options_.partitions, notes_),
          scheduler_(std::make_shared<scheduler>(*clock_, luck_, notes_)),
          machine_(machine_options_, scheduler_, clock_, luck_, oracle_, notes_),
          world_{machine_, oracle_, *scheduler_, luck_, notes_, {.accounts = 1 + luck_.below(40)}},
          trouble_(world_, *clock_, draw_weather(luck_)) {
        scheduler_->set_wake_up(luck_.time_up_to(std::chrono::milliseconds{2}));
        const auto clients = luck_.between(1, 64);
        for (auto i = clients; i != 0; --i) appenders_.emplace_back(world_).begin();
        for (auto i = 1 + clients / 16; i != 0; --i) readers_.emplace_back(world_).begin();
        historian_.begin();
        if (has_consumers_) consumers_.begin();
        if (has_forks_) {
            forker_.begin();
            machine_.before_it_boots([this] { forker_.visit(); });
        }
        machine_.before_it_goes([this] {
            consumers_.end();
            forker_.end();
        });
    }

    report play(std::uint64_t seed) {
        machine_.boot();
        while (found().is_sound() && world_.operations < options_.operations) turn();
        world_.begins_new = false;
        trouble_.make_peace();
        come_to_rest();
        if (found().is_sound()) look_at_the_end();
        return {.seed = seed,
                .complaint = found().complaint(),
                .last_steps = notes_.tail(),
                .digest = notes_.digest(),
                .done = {.operations = world_.operations + oracle_.answers().given(),
                         .questions = historian_.answered_thrice(),
                         .duplicates = world_.duplicates,
                         .comparisons = consumers_.comparisons(),
                         .rebuilds = consumers_.rebuilds(),
                         .kills = consumers_.kills(),
                         .answers = oracle_.answers().given(),
                         .forks = forker_.forks(),
                         .falls = machine_.falls()}};
    }

private:
    verdict& found() { return oracle_.found(); }

    // One task, and what follows from it at once.
    bool turn() {
        const auto had_one = scheduler_->run_one();
        if (machine_.has_fallen()) {
            machine_.bury();
            for (auto& each : appenders_) each.cut_off();
            trouble_.start_again();
        }
        if (machine_.is_up()) {
            oracle_.log().closed(machine_.store().closed());
            accept_the_clock();
        }
        trouble_.look();
        return had_one;
    }

    // The operator looks at a clock that the store does not trust, now and then.
    void accept_the_clock() {
        if (!luck_.one_in(world_.begins_new ? 2'000 : 50)) return;
        try {
            machine_.store().accept_clock();
            notes_.note("accept clock", clock_->wall_us());
        } catch (const error& failed) {
            notes_.note("accept failed", static_cast<std::int64_t>(failed.kind()));
        }
    }

    // Everybody gets an answer that counts.
    void come_to_rest() {
        constexpr std::int64_t patience = 1'000'000;
        std::string missing;
        for (std::int64_t turns = 0; found().is_sound() && !(missing = what_is_missing()).empty(); ++turns) {
            if (turns == patience || !turn()) found().complain("it never comes to rest: " + missing);
        }
    }

    /// What has yet to happen before all is at rest; nothing when it is.
    std::string what_is_missing() const {
        if (!machine_.is_up()) return "the machine is down";
        if (!std::ranges::all_of(appenders_, [](const auto& each) { return each.is_idle(); }))
            return "a request is not answered";
        return has_consumers_ ? consumers_.what_is_missing() : std::string{};
    }

    void look_at_the_end() {
        if (has_consumers_) consumers_.look_at_the_end();
        machine_.shut_down();
        machine_.boot();
        if (!machine_.is_up()) return found().complain("the store does not open any more");
        forker_.look_at_the_end();
        notes_.note("end", oracle_.log().events());
    }

    run_options options_;
    trace notes_;
    chance luck_;
    bool has_consumers_;
    bool has_forks_;
    std::shared_ptr<simulated_clock> clock_ = std::make_shared<simulated_clock>();
    machine_options machine_options_;
    oracle oracle_;
    std::shared_ptr<scheduler> scheduler_;
    machine machine_;
    client_world world_;
    troublemaker trouble_;
    std::deque<appender> appenders_;
    std::deque<reader> readers_;
    historian historian_{world_};
    consumers consumers_{world_};
    forker forker_{world_};
};

}  // namespace

counts& counts::operator+=(const counts& more) {
    operations += more.operations;
    questions += more.questions;
    duplicates += more.duplicates;
    comparisons += more.comparisons;
    rebuilds += more.rebuilds;
    kills += more.kills;
    answers += more.answers;
    forks += more.forks;
    falls += more.falls;
    return *this;
}

report run(std::uint64_t seed, run_options options) { return std::make_unique<stage>(seed, options)->play(seed); }

}  // namespace leftfold::simulation
