#include "bank/story.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <ostream>

#include "bank/account.hpp"
#include "bank/read_models.hpp"
#include "bank/transfer.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"

namespace bank {

namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

/// A calendar that the story turns. Both clocks move together, as they do in a world without jumps.
class calendar final : public leftfold::clock_source {
public:
    std::int64_t wall_us() override { return now_us_; }
    std::int64_t elapsed_us() override { return now_us_; }
    void turn_to(leftfold::instant when) { now_us_ = when.time_since_epoch().count(); }

private:
    std::atomic<std::int64_t> now_us_{leftfold::instant(sys_days{2026y / 1 / 1}).time_since_epoch().count()};
};

constexpr auto march_15 = sys_days{2026y / 3 / 15};

void refuse_across_branches(leftfold::event_store& store, std::ostream& out) {
    try {
        transfer(store, "{branch1}/alice", "{branch2}/carol", 10'00);
    } catch (const leftfold::error& refused) {
        if (refused.kind() != leftfold::errc::different_partitions) throw;
        out << "a transfer across branches is refused: " << refused.code().message() << '\n';
    }
}

void refuse_too_much(leftfold::repository<account>& accounts, std::ostream& out) {
    try {
        accounts.execute("alice", [](account& a) { a.withdraw(1'000'00); });
    } catch (const insufficient_funds& refused) {
        out << "a withdrawal is refused, with nothing stored: " << refused.what() << '\n';
    }
}

/// On April 10th it is entered that Alice had taken money on March 14th. So March 15th has another balance than was
/// known on March 15th, and each question about it says by its types which of them it means.
void enter_late(leftfold::repository<account>& accounts, calendar& clock, std::ostream& out) {
    using leftfold::occurred_at, leftfold::recorded_at;
    clock.turn_to(sys_days{2026y / 4 / 10} + 9h);
    accounts.execute("alice", [](account& a) { a.withdraw(25'00); },
                     {.occurred = occurred_at{sys_days{2026y / 3 / 14} + 18h}});
    clock.turn_to(sys_days{2026y / 4 / 11});

    const recorded_at on_the_day{march_15};
    const recorded_at in_april{sys_days{2026y / 4 / 11}};
    const occurred_at by_then{march_15};
    out << "entered on April 10th: 2500 had been taken on March 14th\n";
    const auto tell = [&](const char* how, const auto& found) { out << how << found->balance() << '\n'; };
    tell("March 15th, as it was known then:        ", accounts.as_of("alice", on_the_day));
    tell("March 15th, as it was, we know now:      ", accounts.as_of("alice", by_then));
    tell("March 15th, as believed on that day:     ", accounts.as_of("alice", on_the_day, by_then));
    tell("March 15th, as believed on April 11th:   ", accounts.as_of("alice", in_april, by_then));
}

void play(const std::filesystem::path& directory, std::ostream& out) {
    const auto clock = std::make_shared<calendar>();
    auto store =
        leftfold::open_sqlite(directory / "bank.store", {.partitions = 4, .store = {.world = {.clock = clock}}});
    leftfold::repository<account> accounts{store};

    clock->turn_to(sys_days{2026y / 1 / 5} + 9h);
    accounts.execute("alice", [](account& a) {
        a.open("Alice");
        a.deposit(100'00);
    });
    refuse_too_much(accounts, out);

    clock->turn_to(sys_days{2026y / 2 / 2} + 10h);
    accounts.execute("{branch1}/alice", [](account& a) {
        a.open("Alice");
        a.deposit(50'00);
    });
    accounts.execute("{branch1}/bob", [](account& a) { a.open("Bob"); });
    accounts.execute("{branch2}/carol", [](account& a) { a.open("Carol"); });
    transfer(store, "{branch1}/alice", "{branch1}/bob", 20'00);
    out << "a transfer within a branch: alice " << accounts.load("{branch1}/alice")->balance() << ", bob "
        << accounts.load("{branch1}/bob")->balance() << '\n';
    refuse_across_branches(store, out);

    clock->turn_to(sys_days{2026y / 4 / 2} + 16h);
    const auto done = accounts.execute("alice", [](account& a) { a.withdraw(30'00); });

    leftfold::projection_engine engine{store};
    const auto& read = engine.add<balances>({.database = directory / "bank.views.db"});
    const auto& by_month = engine.add<months>({.database = directory / "bank.views.db"});
    engine.start();
    engine.wait_for(done.position);

    out << "the aggregate:  now " << accounts.load("alice")->balance() << ", on March 15th "
        << accounts.as_of("alice", leftfold::recorded_at{march_15})->balance() << '\n';
    const auto then = read.rows.as_of(leftfold::recorded_at{march_15}).find("alice");
    out << "the read model: now " << read.rows.find("alice")->cents << ", on March 15th " << then->cents << '\n';
    for (const auto& each : by_month.rows.all())
        out << each.name << ": in " << each.in_cents << ", out " << each.out_cents << '\n';
    out << "now " << read.rows.find("alice")->cents << ", on March 15th " << then->cents << '\n';
    enter_late(accounts, *clock, out);
}

}  // namespace

void tell_story(const std::filesystem::path& directory, std::ostream& out) {
    play(directory, out);
    auto store = leftfold::open_sqlite(directory / "bank.store");
    leftfold::repository<account> accounts{store};
    accounts.execute("alice", [](account& a) { a.deposit(1); });
    out << "opened again under this machine's clock, and a cent more: " << accounts.load("alice")->balance() << '\n';
}

}  // namespace bank
