// What docs/aggregates.md, testing.md, event_evolution.md and snapshots.md show, run.
#include <gtest/gtest.h>

#include "framework/bank.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/given.hpp"
#include "leftfold/testing/store.hpp"

namespace pages_test {

using bank::account, bank::deposited, bank::insufficient_funds, bank::opened, bank::withdrawn;
using leftfold::occurred_at, leftfold::recorded_at;
using namespace std::chrono_literals;

TEST(pages, aggregates) {
    leftfold::testing::store store;
    leftfold::repository<account> accounts{store};

    auto done = accounts.execute("ann", [](account& a) {
        a.open("Ann");
        a.deposit(50);
    });
    EXPECT_EQ(done.version, leftfold::version{2});
    EXPECT_EQ(done.events, 2U);

    if (const auto ann = accounts.load("ann")) {
        EXPECT_EQ(ann->balance(), 50);
    }

    const leftfold::command_id request{"request-17"};
    const auto pay = [](account& a) { a.withdraw(20); };
    accounts.execute(request, "ann", pay);
    accounts.execute(request, "ann", pay);  // done already: decides nothing, returns the first outcome
    EXPECT_EQ(accounts.load("ann")->balance(), 30);

    const leftfold::context_scope scope{{.correlation = "visit-3", .actor = "teller 7"}};
    accounts.execute("ann", [](account& a) { a.deposit(5); }, {.causation = "form 12"});

    const auto monday = store.now() + 1h;
    store.advance(24h);
    accounts.execute("ann", [](account& a) { a.deposit(8); }, {.occurred = occurred_at{monday - 1min}});  // late

    EXPECT_EQ(accounts.as_of("ann", recorded_at{monday})->balance(), 35);  // as we knew it then
    EXPECT_EQ(accounts.as_of("ann", occurred_at{monday})->balance(), 43);  // as it was, we know now
    EXPECT_EQ(accounts.as_of("ann", recorded_at{monday}, occurred_at{monday})->balance(), 35);  // as we believed then
    EXPECT_EQ(accounts.at_version("ann", leftfold::version{2})->balance(), 50);

    const auto answer = accounts.as_of("ann", recorded_at{monday});
    EXPECT_EQ(accounts.at("ann", answer.cut())->balance(), answer->balance());  // the same for ever
}

TEST(pages, deciders) {
    leftfold::testing::store store;
    using shop::cart, shop::item_added, shop::checked_out, shop::add_item, shop::check_out;

    leftfold::repository<leftfold::decider<cart, item_added, checked_out>> carts{store};
    carts.execute("c-1", add_item{"book", 2});
    carts.execute("c-1", check_out{});
    EXPECT_EQ(carts.load("c-1")->items.at("book"), 2);
}

TEST(pages, testing) {
    using leftfold::testing::given;

    EXPECT_EQ(given<account>(opened{"Ann"}, deposited{50}).when(&account::withdraw, 20).then(withdrawn{20}), "");
    EXPECT_EQ(given<account>(deposited{10}).when(&account::withdraw, 20).then_throws<insufficient_funds>(), "");
    EXPECT_EQ(given<account>(opened{"Ann"}).when([](account&) {}).then_nothing(), "");
    EXPECT_EQ(given<account>(deposited{50}).when(&account::withdraw, 20).then_state(&account::balance, 30), "");

    leftfold::testing::store store{{.partitions = 1}};
    leftfold::repository<account> accounts{store};
    accounts.execute("ann", [](account& a) { a.deposit(50); });
    const auto before = store.now();
    store.advance(24h);
    accounts.execute("ann", [](account& a) { a.deposit(1); });
    EXPECT_EQ(accounts.as_of("ann", recorded_at{before + 1h})->balance(), 50);
}

// The first deposits were in whole euros, under another name.
struct paid_in {
    static constexpr auto event_type = "bank.paid_in";
    std::int64_t euros{};
};
// An account was once opened with its first deposit.
struct opened_with {
    static constexpr auto event_type = "bank.opened_with";
    std::string owner;
    std::int64_t euros{};
};
BOOST_DESCRIBE_STRUCT(paid_in, (), (euros))
BOOST_DESCRIBE_STRUCT(opened_with, (), (owner, euros))

TEST(pages, event_evolution) {
    leftfold::testing::store store;
    const auto put = [&](std::string type, std::string payload) {
        store.append({"account", "ann"}, leftfold::expected_version::any(), {{std::move(type), std::move(payload)}})
            .value();
    };
    put("bank.opened_with", R"({"owner":"Ann","euros":1})");
    put("bank.took_out", R"({"cents":30})");
    put("bank.noted", R"({"text":"gift","cents":5})");

    leftfold::event_registry events;
    events.rename("bank.took_out", "bank.withdrawn");
    events.upcast<paid_in>([](const paid_in& old) { return deposited{old.euros * 100}; });
    events.upcast<opened_with>([](const opened_with& old) {
        return std::vector<std::variant<opened, paid_in>>{opened{old.owner}, paid_in{old.euros}};
    });
    events.upcast("bank.noted", [](const leftfold::raw_event& old) {
        return std::vector<leftfold::raw_event>{{"bank.deposited", old.payload}};
    });
    leftfold::repository<account> accounts{store, {.events = events}};

    EXPECT_EQ(accounts.load("ann")->balance(), 75);
    EXPECT_EQ(accounts.load("ann").version(), leftfold::version{3});
}

TEST(pages, residents) {
    leftfold::testing::store store;
    leftfold::repository<account> accounts{store, {.resident_bytes = 64 << 20}};
    for (int i = 0; i < 100; ++i) accounts.execute("ann", [](account& a) { a.deposit(1); });

    const leftfold::resident_counts counts = accounts.residents();
    EXPECT_EQ(counts.used, 99U);
    EXPECT_EQ(counts.missed, 1U);
    EXPECT_EQ(counts.held, 1U);
    EXPECT_LE(counts.bytes, 64U << 20);
    EXPECT_EQ(accounts.load("ann")->balance(), 100);
}

TEST(pages, snapshots) {
    leftfold::testing::store store;
    leftfold::repository<account> accounts{store, {.snapshots = {.every = 100, .spacing = 1'000}}};
    for (int i = 0; i < 150; ++i) accounts.execute("ann", [](account& a) { a.deposit(1); });

    const leftfold::snapshot_counts counts = accounts.snapshots();
    EXPECT_EQ(counts.kept, 1U);
    EXPECT_GT(counts.used, 0U);
    EXPECT_EQ(counts.discarded, 0U);
}

}  // namespace pages_test
