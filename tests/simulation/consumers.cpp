#include "simulation/consumers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/error.hpp"
#include "simulation/domain.hpp"

namespace leftfold::simulation {

namespace {

using namespace std::chrono_literals;

// Soon, since a run lasts for seconds of its own time; and often, since disks stay broken for a while.
constexpr retry_options retries{.count = 50, .first_wait = 1ms, .longest_wait = 20ms};

using rows_by_stream = std::map<std::string, tally>;

/// What the rows are at a cut, by the model.
rows_by_stream rows_at(const cut& at, const client_world& world) {
    rows_by_stream rows;
    const auto count = [&](const stream_id& stream) {
        const auto partition = world.at.store().partition_of(stream);
        const auto& log = world.told.log().log(partition);
        for (const auto place : world.told.log().places(stream)) {
            if (place > at.at(partition)) break;
            const auto name = leftfold::to_string(stream);
            rows.try_emplace(name, tally{name})
                .first->second.add(log[static_cast<std::size_t>(place.value() - 1)].request);
        }
    };
    for (std::uint64_t owner = 0; owner != world.names.accounts; ++owner) {
        count(world.names.account(owner));
        count(world.names.ledger(owner));
    }
    return rows;
}

/// Says where rows are not what they should be; nothing where they are.
std::string difference(const rows_by_stream& wanted, const std::vector<tally>& found) {
    for (const auto& row : found) {
        const auto expected = wanted.find(row.stream);
        if (expected == wanted.end()) return fmt::format("there is a row of {}", row.stream);
        if (row != expected->second)
            return fmt::format("{} has {} events marked {}, not {} marked {}", row.stream, row.events, row.mark,
                               expected->second.events, expected->second.mark);
    }
    if (found.size() == wanted.size()) return {};
    return fmt::format("there are {} rows, not {}", found.size(), wanted.size());
}

/// Leaves the engine as a kill would, between any two of its durable steps.
struct killed {};

/// What a disk that fails leads to. A file that cannot be opened is asked for in the real file system, where none is.
bool comes_of_bad_disks(errc why) {
    return why == errc::io_error || why == errc::disk_full || why == errc::not_found || why == errc::projection_stopped;
}

/// What keeps a process from beginning for the first time, which is an append.
bool comes_of_the_clock(errc why) { return why == errc::clock_jump || why == errc::clock_ahead; }

}  // namespace

/// What lives as long as a process of the machine, or until it stops.
struct consumers::running {
    running(event_store& store, const std::filesystem::path& database, std::function<void(std::string_view)> failpoint)
        : books{store, {.deadline = 0ms}},  // who would wait for others, waits for ever on one thread
          engine{store,
                 {.supervision = {.restarts = 1'000'000, .first_wait = 1ms, .longest_wait = 20ms},
                  .failpoint = std::move(failpoint)}},
          read{engine.add<tallies>({.database = database, .retries = retries, .as_of_wait = 0ms})},
          process{engine.add_process<clerk>({.start = start_at::earliest(), .retries = retries}, books)} {}

    repository<receipts> books;
    projection_engine engine;
    const tallies& read;
    running_process<clerk> process;
};

consumers::consumers(client_world& world)
    : world_(world), place_(test_support::temporary_directory::where::in_memory) {}

consumers::~consumers() = default;

void consumers::begin() {
    world_.runs.after(std::chrono::microseconds{world_.luck.between(0, world_.thinks.count() / 4)}, [this] {
        if (world_.at.is_up()) proceed();
        begin();
    });
}

void consumers::end() {
    running_.reset();
    points_to_live_.reset();
    was_busy_ = true;
}

void consumers::complain(const std::string& what) { world_.told.found().complain("the consumers: " + what); }

void consumers::proceed() {
    const auto life = world_.at.life();
    try {
        if (world_.begins_new && world_.luck.one_in(50)) points_to_live_ = world_.luck.between(0, 20);
        if (!running_)
            running_ = std::make_unique<running>(world_.at.store(), place_ / "views.db", [this](std::string_view) {
                if (points_to_live_ && (*points_to_live_)-- == 0) throw killed{};
            });
        step();
        if (life->is_over || world_.told.log().is_in_doubt()) return;
        if (!world_.begins_new) return sleep_until_due();
        if (world_.luck.one_in(12)) compare();
        if (world_.luck.one_in(12)) compare_past();
        if (world_.luck.one_in(40)) rebuild();
    } catch (const killed&) {
        world_.notes.note("consumers killed");
        ++kills_;
        end();
    } catch (const error& failed) {
        const auto why = failed.kind();
        world_.notes.note("consumers failed", static_cast<std::int64_t>(why));
        was_busy_ = true;
        if (life->is_over || comes_of_bad_disks(why) || (!running_ && comes_of_the_clock(why))) return;
        complain(failed.what());
    }
}

void consumers::step() {
    was_busy_ = running_->engine.step();
    if (world_.at.has_fallen()) return;
    for (const auto& each : running_->engine.status()) {
        if (!each.begun_anew_because.empty()) complain("the rows begin anew: " + each.begun_anew_because);
        if (each.state != projection_state::stopped) continue;
        world_.notes.note("consumers stopped");
        if (!world_.begins_new) complain(each.name + " stopped: " + each.failure);
        return end();  // as an operator does, who starts it again
    }
    world_.notes.note("step", was_busy_);
}

// Deadlines go by the store's clock, which is a day ahead when the wall clock was that once.
void consumers::sleep_until_due() {
    if (was_busy_ || !running_) return;
    const auto waiting = running_->process.deadlines();
    if (waiting.empty()) return;
    const auto now = recorded_at::from_micros(world_.at.store().world().clock->wall_us());
    const auto left = waiting.front().due - now.time();
    if (left > 0us) world_.runs.stall(left);
}

void consumers::compare() {
    const auto reached = running_->engine.status<tallies>().reached;
    const auto rows = running_->read.rows.all();
    if (world_.at.has_fallen()) return;
    if (!world_.told.log().heads().covers(reached))
        complain(fmt::format("the rows are at {}, ahead of the log", leftfold::to_string(reached)));
    else if (const auto wrong = difference(rows_at(reached, world_), rows); !wrong.empty())
        complain(fmt::format("at {}, {}", leftfold::to_string(reached), wrong));
    ++comparisons_;
    ++world_.operations;
    world_.notes.note("compared", static_cast<std::int64_t>(rows.size()));
}

void consumers::compare_past() {
    const partition_id partition(static_cast<std::uint32_t>(world_.luck.below(world_.told.log().partitions())));
    const auto& log = world_.told.log().log(partition);
    if (log.empty()) return;
    const auto when =
        recorded_at::from_micros(log[world_.luck.below(log.size())].recorded.micros() - world_.luck.between(0, 1));
    try {
        const auto rows = running_->read.rows.as_of(when).all();
        if (world_.at.has_fallen()) return;
        if (const auto wrong = difference(rows_at(world_.told.log().cut_at(when), world_), rows); !wrong.empty())
            complain(fmt::format("as of {}, {}", when.micros(), wrong));
        ++comparisons_;
        ++world_.operations;
        world_.notes.note("compared past", when.micros(), static_cast<std::int64_t>(rows.size()));
    } catch (const error& failed) {
        if (failed.kind() != errc::behind) throw;
    }
}

void consumers::rebuild() {
    const auto goes_back = world_.luck.one_in(4);
    world_.notes.note("rebuild", goes_back);
    try {
        if (goes_back) {
            running_->engine.roll_back<tallies>();
        } else if (const auto done = running_->engine.rebuild<tallies>(); !done.swapped) {
            complain("rows that were built anew differ: " + to_string(done.compared));
        }
    } catch (const error& failed) {
        if (goes_back && failed.kind() == errc::not_found) return;  // no rows are kept
        throw;
    }
    if (world_.at.has_fallen()) return;
    ++rebuilds_;
    ++world_.operations;
    compare();
}

std::string consumers::what_is_missing() const {
    if (!running_) return "the consumers are not running";
    if (was_busy_) return "the consumers have more to do";
    const auto heads = world_.told.log().heads();
    for (const auto& each : running_->engine.status())
        if (!each.reached.covers(heads))
            return fmt::format("{} is at {} of {}", each.name, leftfold::to_string(each.reached),
                               leftfold::to_string(heads));
    return running_->process.deadlines().empty() ? "" : "a deadline is not met";
}

void consumers::look_at_the_end() {
    compare();
    world_.told.answers().look_at_the_end();
}

}  // namespace leftfold::simulation
