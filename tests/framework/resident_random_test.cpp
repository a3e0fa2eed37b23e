// A repository with residents beside one without, through the same random story of commands, foreign writers and
// failing disks: whatever is answered, both answer the same.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <ostream>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "support/doubtful_log.hpp"

namespace resident_random_test {

using bank::account, bank::insufficient_funds;
using leftfold::errc, leftfold::repository, leftfold::version;

/// The store itself asks this often before it gives up.
const int asked_by_store = leftfold::store_limits{}.resolve_attempts;

struct world {
    doubtful_log* log = nullptr;
    leftfold::event_store store;
    std::vector<std::unique_ptr<repository<account>>> writers;

    world(std::size_t resident_bytes, int attempts_max, std::uint32_t snapshots_every)
        : store(parts_over_doubtful_log(log)) {
        for (int i = 0; i < 2; ++i)
            writers.push_back(std::make_unique<repository<account>>(
                store, leftfold::repository_options{.snapshots = {.every = snapshots_every, .spacing = 8},
                                                    .attempts_max = attempts_max,
                                                    .deadline = std::chrono::milliseconds{0},
                                                    .resident_bytes = resident_bytes}));
    }
};

enum class act { deposit, withdraw, look, half, with_id, raced, foreign, load, cheat, last };
enum class trouble { none, refused, stored_in_doubt, lost_in_doubt };

struct step {
    act what;
    int writer;
    std::string key;
    std::int64_t cents;
    trouble with;
};

void showValue(const step& each, std::ostream& out) {
    out << "{" << static_cast<int>(each.what) << " by " << each.writer << " on " << each.key << ", " << each.cents
        << ", " << static_cast<int>(each.with) << "}";
}

rc::Gen<step> any_step() {
    const auto trouble_of = rc::gen::weightedElement<trouble>(
        {{12, trouble::none}, {1, trouble::refused}, {1, trouble::stored_in_doubt}, {1, trouble::lost_in_doubt}});
    return rc::gen::construct<step>(
        rc::gen::map(rc::gen::inRange(0, static_cast<int>(act::last)), [](int n) { return static_cast<act>(n); }),
        rc::gen::inRange(0, 2), rc::gen::element<std::string>("ann", "ben", "cat"),
        rc::gen::inRange<std::int64_t>(1, 12), trouble_of);
}

void put(world& in, const std::string& key, std::int64_t cents) {
    in.store
        .append({"account", key}, leftfold::expected_version::any(),
                {{"bank.deposited", fmt::format(R"({{"cents":{}}})", cents)}})
        .value();
}

void arm(world& in, trouble with) {
    if (with == trouble::refused) in.log->doubt(doubtful_log::fate::lost, 0);
    if (with == trouble::stored_in_doubt) in.log->doubt(doubtful_log::fate::stored, asked_by_store);
    if (with == trouble::lost_in_doubt) in.log->doubt(doubtful_log::fate::lost, asked_by_store);
}

std::string told(const leftfold::executed& done) {
    return fmt::format("version {} at {}, {} events", done.version.value(), to_string(done.position), done.events);
}

std::string told(const leftfold::loaded<account>& found) {
    if (!found) return "nothing";
    return fmt::format("version {} at {}: {} in {} moves of {}", found.version().value(), to_string(found.position()),
                       found->balance(), found->moves().size(), found->owner());
}

/// Carries the step out and says what came of it; `seen` is what the last decision was made on.
std::string carry_out(world& in, const step& each, std::string& seen) {
    auto& accounts = *in.writers[static_cast<std::size_t>(each.writer)];
    int runs = 0;
    const auto decision = [&](account& a) {
        ++runs;
        seen = fmt::format("version {}: {} in {} moves", a.version().value(), a.balance(), a.moves().size());
        switch (each.what) {
            case act::look:
                return;
            case act::half:
                a.deposit(each.cents);
                return a.withdraw(a.balance() + (each.cents % 2));
            case act::with_id:
                return a.transfer_in_two(each.cents);
            case act::withdraw:
                return a.withdraw(each.cents);
            case act::raced:
                if (runs == 1) put(in, each.key, each.cents);
                return a.deposit(a.balance());
            default:
                return a.deposit(each.cents);
        }
    };
    switch (each.what) {
        case act::foreign:
            put(in, each.key, each.cents);
            return "put";
        case act::load:
            return told(accounts.load(each.key));
        case act::with_id:
            return told(accounts.execute(leftfold::command_id{std::to_string(each.cents)}, each.key, decision));
        case act::cheat:
            return told(accounts.execute(each.key, [&](account& a) {
                decision(a);
                account twin;
                std::swap(a, twin);
                twin.deposit(1'000);  // what is swapped out takes its events with it
            }));
        default:
            return told(accounts.execute(each.key, decision));
    }
}

std::string outcome_of(world& in, const step& each) {
    std::string seen;
    std::string outcome;
    // Settles what is in doubt, which an append on an outdated state would have done too, when the next trouble comes.
    if (each.what == act::raced || each.with != trouble::none) put(in, "zoe", 1);
    if (each.what != act::raced) arm(in, each.with);  // else the writer who comes in between would meet it
    try {
        outcome = carry_out(in, each, seen);
    } catch (const leftfold::error& failed) {
        outcome = fmt::format("error {}", static_cast<int>(failed.kind()));
        // The decision that lost last may have been made on an older state: it lost all the same.
        if (failed.kind() == errc::conflict_exhausted) seen = failed.what();
    } catch (const insufficient_funds& refused) {
        outcome = fmt::format("{} of {}", refused.wanted, refused.balance);
    }
    in.log->recover();
    return outcome + ", on " + seen;
}

TEST(resident_random, answers_are_those_of_a_repository_without) {
    std::uint64_t used = 0;
    std::uint64_t steps = 0;
    const bool holds = rc::check("residents change nothing but the cost", [&] {
        const auto story = *rc::gen::scale(2.0, rc::gen::container<std::vector<step>>(any_step()));
        const auto bytes = *rc::gen::element(std::size_t{1'200}, std::size_t{1 << 20});
        const auto attempts_max = *rc::gen::element(1, 10);
        const auto every = *rc::gen::element(0U, 3U);
        world with{bytes, attempts_max, every};
        world without{0, attempts_max, every};
        for (const step& each : story) {
            const auto expected = outcome_of(without, each);
            RC_ASSERT(outcome_of(with, each) == expected);
        }
        for (const char* key : {"ann", "ben", "cat"}) {
            const auto expected = told(without.writers[0]->load(key));
            for (const auto& writer : with.writers) RC_ASSERT(told(writer->load(key)) == expected);
            RC_ASSERT(told(repository<account>{with.store}.load(key)) == expected);
        }
        for (const auto& writer : with.writers) used += writer->residents().used;
        steps += story.size();
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(used, steps / 4) << "residents were hardly there";
    fmt::print("residents: {} random steps, {} of them on a resident, all answered as without\n", steps, used);
}

struct doubtful {
    world in{1 << 20, 10, 0};
    repository<account>& accounts = *in.writers[0];
};

TEST(resident_random, a_commit_in_doubt_drops_the_resident) {
    for (const auto with : {trouble::stored_in_doubt, trouble::lost_in_doubt, trouble::refused}) {
        doubtful disk;
        disk.accounts.execute("ann", [](account& a) { a.deposit(1); });
        EXPECT_EQ(disk.accounts.residents().held, 1U);
        arm(disk.in, with);
        expect_error(with == trouble::refused ? errc::io_error : errc::outcome_unknown, "",
                     [&] { disk.accounts.execute("ann", [](account& a) { a.deposit(5); }); });
        EXPECT_EQ(disk.accounts.residents().held, 0U);
        const auto stored = with == trouble::stored_in_doubt ? 6 : 1;
        std::int64_t seen = 0;
        disk.accounts.execute("ann", [&](account& a) {
            seen = a.balance();
            a.deposit(10);
        });
        EXPECT_EQ(seen, stored);
        EXPECT_EQ(disk.accounts.load("ann")->balance(), stored + 10);
    }
}

TEST(resident_random, a_commit_in_doubt_that_is_settled_inside_is_taken_in_once) {
    for (const auto with : {trouble::stored_in_doubt, trouble::lost_in_doubt}) {
        doubtful disk;
        repository<account> patient{disk.in.store, {.resident_bytes = 1 << 20}};
        patient.execute("ann", [](account& a) { a.deposit(1); });
        arm(disk.in, with);
        EXPECT_EQ(patient.execute("ann", [](account& a) { a.transfer_in_two(5); }).version, version{3});
        patient.execute("ann", [](account& a) {
            EXPECT_EQ(a.moves(), (std::vector<std::int64_t>{1, 2, 3}));
            a.deposit(1);
        });
        EXPECT_EQ(patient.load("ann")->moves(), (std::vector<std::int64_t>{1, 2, 3, 1}));
    }
}

}  // namespace resident_random_test
