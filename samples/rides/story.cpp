#include "rides/story.hpp"

#include <chrono>
#include <fstream>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "rides/billing.hpp"
#include "rides/dispatch.hpp"
#include "rides/earnings.hpp"
#include "rides/killed_feed.hpp"
#include "rides/ratings.hpp"
#include "rides/warehouse.hpp"

namespace rides {

namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr leftfold::instant evening = sys_days{2026y / 3 / 14} + 20h;

/// The service while it is open: a store, those who command it, and the consumers that follow it.
struct town {
    town(const files& in, std::shared_ptr<leftfold::testing::manual_clock> by)
        : clock(std::move(by)),
          store(leftfold::open_sqlite(in.store(), {.partitions = 4, .store = {.world = {.clock = clock}}})),
          read(consumers.add<ratings>({.database = in.directory / "ratings.db"})) {
        consumers.add_process<dispatch>({}, rides, drivers);
        consumers.add_process<billing>({}, bills);
    }

    /// Time passes, and the consumers take in what has happened.
    void pass(std::chrono::minutes time) {
        clock->advance(time);
        consumers.catch_up();
    }
    void request(const std::string& name, const std::string& rider, const std::vector<std::string>& nearby) {
        rides.execute(name, [&](ride& r) { r.request(rider, 5'00, nearby); });
        pass(1min);
    }
    void accept(const std::string& who, const std::string& name) {
        drivers.execute(who, [&](driver& d) { d.accept(name); });
        pass(1min);
    }
    void complete(const std::string& name, std::int64_t fare, std::int64_t minutes, std::int64_t stars) {
        rides.execute(name, [&](ride& r) {
            r.complete(fare, minutes);
            r.rate(stars);
        });
        pass(1min);
    }

    std::shared_ptr<leftfold::testing::manual_clock> clock;
    leftfold::event_store store;
    leftfold::repository<ride> rides{store};
    leftfold::repository<driver> drivers{store};
    leftfold::repository<bill> bills{store};
    leftfold::projection_engine consumers{store};
    const ratings& read;
};

/// Prints the log, but for the notes that processes write for themselves.
void print_log(leftfold::event_store& store, std::ostream& out) {
    store.read_all(leftfold::cut(store.partitions()), store.heads(), {}, leftfold::payloads::read,
                   [&](const leftfold::event_view& e) {
                       if (!e.category.starts_with("process"))
                           out << leftfold::to_rfc3339(e.recorded.time()).substr(11, 5) << "  " << e.category << '-'
                               << e.key << "  " << e.type << ' ' << e.payload << '\n';
                       return true;
                   });
}

void print_lags(const leftfold::projection_engine& engine, std::ostream& out) {
    for (const auto& each : engine.status()) out << "  " << each.name << ": " << each.events_behind << " behind\n";
}

void print_lines(const files& in, std::ostream& out) {
    std::ifstream lines(in.lines());
    std::set<std::string> keys;
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) keys.insert(line.substr(0, line.find(',')));
    out << "  warehouse.csv: " << count << " lines, " << keys.size() << " keys\n";
}

}  // namespace

void tell_story(const std::filesystem::path& directory, std::ostream& out) {
    const files in{directory};
    const auto clock = std::make_shared<leftfold::testing::manual_clock>(evening);
    {
        town t(in, clock);
        out << "Zoe's driver answers, Yuri's second one does not, and Xaver finds nobody:\n";
        t.request("r1", "zoe", {"anna", "ben"});
        t.accept("anna", "r1");
        t.request("r2", "yuri", {"anna", "ben", "carla"});
        t.pass(3min);
        t.accept("carla", "r2");
        t.request("r3", "xaver", {"anna", "carla"});
        t.pass(10min);
        t.complete("r1", 18'00, 18, 5);
        t.complete("r2", 9'50, 12, 4);
        print_log(t.store, out);
    }
    out << "\nThe warehouse feed, a process of its own, is killed at its second line, by signal "
        << run_feed_until_killed(in, clock, 2) << '\n';
    print_lines(in, out);

    town t(in, clock);
    t.request("r4", "zoe", {"anna"});
    t.accept("anna", "r4");
    t.pass(20min);
    t.complete("r4", 22'00, 21, 2);
    t.consumers.add_reactor<warehouse>({.file = in.feed(), .start = leftfold::start_at::earliest()}, in.lines());
    const auto& late = t.consumers.add<earnings>({.database = in.directory / "earnings.db"});
    out << "\nMeanwhile the others went on. The feed starts again where it was, and driver analytics is new:\n";
    print_lags(t.consumers, out);
    t.consumers.catch_up();
    out << "Both have caught up, and the line that came twice has one key:\n";
    print_lags(t.consumers, out);
    print_lines(in, out);

    out << "\nDriver analytics:\n";
    for (const auto& each : late.rows.all())
        out << "  " << each.driver << ": rides " << each.rides << ", minutes " << each.minutes << ", earned "
            << each.cents << ", offers missed " << each.missed << '\n';
    const auto now = t.read.rows.find("anna");
    const auto then = t.read.rows.as_of(leftfold::recorded_at{evening + 30min}).find("anna");
    out << "Anna has " << now->stars << " stars from " << now->rides << " rides; at half past eight it was "
        << then->stars << " from " << then->rides << '\n';
}

}  // namespace rides
