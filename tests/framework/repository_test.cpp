#include "leftfold/framework/repository.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/store.hpp"

namespace repository_test {

using bank::account, bank::deposited, bank::insufficient_funds, bank::opened;
using leftfold::command_id, leftfold::errc, leftfold::offset, leftfold::repository, leftfold::stream_id,
    leftfold::version;
using leftfold::testing::store;

const stream_id ann{"account", "ann"};

void put(leftfold::event_store& target, std::string type, std::string payload, const stream_id& stream = ann) {
    target.append(stream, leftfold::expected_version::any(), {{std::move(type), std::move(payload)}}).value();
}

TEST(repository, what_was_executed_is_loaded) {
    store store;
    repository<account> accounts{store};
    const auto done = accounts.execute("ann", [](account& a) {
        a.open("Ann");
        a.deposit(50);
    });
    EXPECT_EQ(done.version, version{2});
    EXPECT_EQ(done.events, 2U);
    EXPECT_EQ(done.attempts, 1);
    EXPECT_EQ(done.position, (leftfold::position{store.partition_of(ann), offset{2}}));

    const auto loaded = accounts.load("ann");
    EXPECT_EQ(loaded->balance(), 50);
    EXPECT_EQ(loaded->owner(), "Ann");
    EXPECT_EQ(loaded.version(), version{2});
    EXPECT_EQ(loaded->version(), version{2});
    EXPECT_EQ(loaded.position(), done.position);
    EXPECT_TRUE(loaded->pending().empty());
}

TEST(repository, events_are_stored_under_their_durable_names_as_json) {
    store store;
    repository<account>{store}.execute("ann", [](account& a) { a.open("Ann"); });
    const auto events = store.read_stream(ann);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].type, "bank.account_opened");
    EXPECT_EQ(events[0].payload, R"({"owner":"Ann"})");
    EXPECT_TRUE(events[0].metadata.empty());
}

TEST(repository, a_stream_that_does_not_exist_is_nothing_and_executes_on_a_new_aggregate) {
    store store;
    repository<account> accounts{store};
    EXPECT_FALSE(accounts.load("ann"));
    EXPECT_TRUE(accounts.load("ann") == std::nullopt);
    EXPECT_FALSE(accounts.exists("ann"));
    EXPECT_EQ(accounts.load("ann").version(), version{});
    accounts.execute("ann", [](account& a) {
        EXPECT_EQ(a.version(), version{});
        a.deposit(1);
    });
    EXPECT_TRUE(accounts.exists("ann"));
}

TEST(repository, a_decision_sees_the_version_that_it_decides_on) {
    store store;
    repository<account> accounts{store};
    for (std::int64_t n = 0; n < 3; ++n)
        accounts.execute("ann", [&](account& a) {
            EXPECT_EQ(a.version(), version{n});
            a.deposit(1);
        });
}

TEST(repository, a_decision_that_raises_nothing_appends_nothing_and_tells_the_stream_s_head) {
    store store;
    repository<account> accounts{store};
    const auto before = accounts.execute("ann", [](account&) {});
    EXPECT_EQ(before.position, (leftfold::position{store.partition_of(ann), offset{}}));
    EXPECT_EQ(before.version, version{});
    EXPECT_EQ(before.events, 0U);
    const auto done = accounts.execute("ann", [](account& a) { a.deposit(1); });
    const auto after = accounts.execute("ann", [](account&) {});
    EXPECT_EQ(after.position, done.position);
    EXPECT_EQ(after.version, version{1});
    EXPECT_EQ(store.head(ann), version{1});
}

TEST(repository, what_a_decision_throws_passes_through_and_nothing_is_appended) {
    store store;
    repository<account> accounts{store};
    const auto refused = [&] {
        accounts.execute("ann", [](account& a) {
            a.deposit(10);
            a.withdraw(20);
        });
    };
    EXPECT_THROW(refused(), insufficient_funds);
    EXPECT_FALSE(accounts.exists("ann"));
}

TEST(repository, a_losing_writer_decides_again_on_the_new_state) {
    store store;
    repository<account> accounts{store};
    repository<account> others{store};
    accounts.execute("ann", [](account& a) { a.deposit(100); });
    int runs = 0;
    const auto done = accounts.execute("ann", [&](account& a) {
        if (++runs == 1) others.execute("ann", [](account& b) { b.withdraw(70); });
        a.withdraw(a.balance());
    });
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(done.attempts, 2);
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{100, -70, -30}));
}

TEST(repository, a_losing_writer_may_be_refused_by_the_new_state) {
    store store;
    repository<account> accounts{store};
    accounts.execute("ann", [](account& a) { a.deposit(100); });
    int runs = 0;
    const auto greedy = [&](account& a) {
        if (++runs == 1) repository<account>{store}.execute("ann", [](account& b) { b.withdraw(70); });
        a.withdraw(100);
    };
    EXPECT_THROW(accounts.execute("ann", greedy), insufficient_funds);
    EXPECT_EQ(accounts.load("ann")->balance(), 30);
}

TEST(repository, a_command_gives_up_after_so_many_lost_races) {
    store store;
    repository<account> accounts{store, {.attempts_max = 3}};
    repository<account> others{store};
    int runs = 0;
    const auto unlucky = [&](account& a) {
        ++runs;
        others.execute("ann", [](account& b) { b.deposit(1); });
        a.deposit(1000);
    };
    expect_error(errc::conflict_exhausted,
                 "executing on account-ann: others appended first 3 times; it is at version 3",
                 [&] { accounts.execute("ann", unlucky); });
    EXPECT_EQ(runs, 3);
    const auto lost = accounts.try_execute("ann", unlucky);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().stream, ann);
    EXPECT_EQ(lost.error().actual, version{6});
    ASSERT_EQ(lost.error().missed.size(), 1U);
    EXPECT_EQ(lost.error().missed[0].payload, R"({"cents":1})");
    EXPECT_EQ(accounts.load("ann")->balance(), 6);
}

TEST(repository, of_many_threads_on_one_aggregate_no_deposit_is_lost_or_doubled) {
    constexpr int threads = 8;
    constexpr int deposits = 50;
    auto store = leftfold::open_memory();
    repository<account> accounts{store, {.attempts_max = threads * deposits}};
    {
        std::vector<std::jthread> tellers;
        for (int t = 0; t < threads; ++t)
            tellers.emplace_back([&] {
                for (int i = 0; i < deposits; ++i)
                    accounts.execute("ann", [](account& a) { a.deposit(a.version().value()); });
            });
    }
    const auto ann_now = accounts.load("ann");
    EXPECT_EQ(ann_now.version(), version{threads * deposits});
    // Each was decided on the very state that it was appended to.
    std::vector<std::int64_t> expected(threads * deposits);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(ann_now->moves(), expected);
}

TEST(repository, try_execute_gives_the_outcome_as_a_value) {
    store store;
    repository<account> accounts{store};
    const auto done = accounts.try_execute("ann", [](account& a) { a.deposit(5); });
    ASSERT_TRUE(done);
    EXPECT_EQ(done->events, 1U);
}

TEST(repository, a_command_with_an_id_is_executed_once) {
    store store;
    repository<account> accounts{store};
    const command_id id{"request-17"};
    int runs = 0;
    const auto deposit = [&](account& a) {
        ++runs;
        a.transfer_in_two(5);
    };
    accounts.execute("ann", [](account& a) { a.open("Ann"); });
    const auto first = accounts.execute(id, "ann", deposit);
    accounts.execute("ann", [](account& a) { a.deposit(1); });
    const auto again = repository<account>{store}.execute(id, "ann", deposit);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(again.position, first.position);
    EXPECT_EQ(again.version, version{3});
    EXPECT_EQ(again.events, 2U);
    EXPECT_EQ(again.attempts, 0);
    EXPECT_EQ(accounts.load("ann")->balance(), 6);
    EXPECT_EQ(store.read_stream(ann)[1].metadata.find("command-id"), "request-17");
}

TEST(repository, the_first_outcome_of_a_command_of_many_megabytes_is_found_whole) {
    store store;
    repository<shop::cart_decider> carts{store};
    const command_id id{"1"};
    const shop::add_all much{std::vector<std::string>(6, std::string(1'000'000, 'x'))};
    const auto first = carts.execute(id, "c", much);
    const auto again = carts.execute(id, "c", much);
    EXPECT_EQ(again.events, 6U);
    EXPECT_EQ(again.position, first.position);
    EXPECT_EQ(again.attempts, 0);
}

TEST(repository, the_first_outcome_of_a_command_of_many_events_is_found_whole) {
    auto store = leftfold::open_memory({.partitions = 1, .store = {.limits = {.batch_events = 5'000}}});
    repository<shop::cart_decider> carts{store};
    const command_id id{"1"};
    const shop::add_all much{std::vector<std::string>(3'000, "x")};
    const auto first = carts.execute(id, "c", much);
    carts.execute(command_id{"2"}, "c", shop::add_all{{"y"}});
    const auto again = carts.execute(id, "c", much);
    EXPECT_EQ(again.attempts, 0);
    EXPECT_EQ(again.events, 3'000U);
    EXPECT_EQ(again.version, first.version);
    EXPECT_EQ(again.position, first.position);
}

TEST(repository, a_command_id_is_its_stream_s_own) {
    store store;
    repository<account> accounts{store};
    accounts.execute(command_id{"1"}, "ann", [](account& a) { a.deposit(5); });
    EXPECT_EQ(accounts.execute(command_id{"1"}, "ben", [](account& a) { a.deposit(6); }).attempts, 1);
    EXPECT_EQ(accounts.load("ben")->balance(), 6);
}

TEST(repository, two_commands_side_by_side_are_told_apart) {
    store store;
    repository<account> accounts{store};
    const auto first = accounts.execute(command_id{"1"}, "ann", [](account& a) { a.deposit(5); });
    accounts.execute(command_id{"2"}, "ann", [](account& a) { a.deposit(6); });
    const auto again = accounts.execute(command_id{"1"}, "ann", [](account& a) { a.deposit(5); });
    EXPECT_EQ(again.events, 1U);
    EXPECT_EQ(again.version, first.version);
}

TEST(repository, the_same_command_racing_itself_has_one_outcome) {
    store store;
    repository<account> accounts{store};
    repository<account> others{store};
    const command_id id{"1"};
    // While the first decides, its twin is executed on a state that makes it decide otherwise.
    int runs = 0;
    const auto done = accounts.execute(id, "ann", [&](account& a) {
        if (++runs == 1) {
            others.execute(id, "ann", [](account& b) { b.transfer_in_two(7); });
        }
        a.deposit(5);
    });
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(done.events, 2U);
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{3, 4}));
}

TEST(repository, a_command_that_raised_nothing_leaves_no_trace) {
    store store;
    repository<account> accounts{store};
    EXPECT_EQ(accounts.execute(command_id{"1"}, "ann", [](account&) {}).attempts, 1);
    EXPECT_EQ(accounts.execute(command_id{"1"}, "ann", [](account& a) { a.deposit(5); }).attempts, 1);
}

TEST(repository, one_that_may_not_try_is_refused) {
    store store;
    expect_error(errc::invalid_argument, "may not try", [&] { repository<account>(store, {.attempts_max = 0}); });
}

TEST(repository, an_empty_command_id_is_refused) {
    store store;
    repository<account> accounts{store};
    expect_error(errc::invalid_argument, "empty id", [&] { accounts.execute(command_id{}, "ann", [](account&) {}); });
}

TEST(repository, the_command_s_context_becomes_headers_of_every_event) {
    store store;
    repository<account> accounts{store};
    const leftfold::context_scope request{{.correlation = "c-1", .actor = "teller", .more = {{"tenant", "7"}}}};
    accounts.execute("ann", [](account& a) { a.transfer_in_two(5); },
                     {.causation = "e-1", .actor = "boss", .traceparent = "00-1-2-01"});
    const leftfold::headers expected{{"correlation-id", "c-1"},
                                     {"causation-id", "e-1"},
                                     {"actor", "boss"},
                                     {"traceparent", "00-1-2-01"},
                                     {"tenant", "7"}};
    for (const auto& event : store.read_stream(ann)) EXPECT_EQ(event.metadata, expected);
}

TEST(repository, events_happen_when_the_command_says) {
    store store;
    repository<account> accounts{store};
    const leftfold::occurred_at then = leftfold::occurred_at::from_micros(5);
    accounts.execute("ann", [](account& a) { a.deposit(5); }, {.occurred = then});
    accounts.execute("ann", [](account& a) { a.deposit(6); });
    const auto events = store.read_stream(ann);
    EXPECT_EQ(events[0].occurred, then);
    EXPECT_EQ(events[1].occurred.micros(), events[1].recorded.micros());
}

TEST(repository, an_event_that_nobody_lists_or_ignores_is_an_error) {
    store store;
    repository<account> accounts{store};
    accounts.execute("ann", [](account& a) { a.deposit(5); });
    put(store, "bank.audited", "{}");
    const char* text = "account neither lists nor ignores bank.audited";
    expect_error(errc::unknown_event_type, text, [&] { accounts.load("ann"); });
    expect_error(errc::unknown_event_type, "folding account-ann at version 2",
                 [&] { accounts.execute("ann", [](account&) { FAIL() << "decided"; }); });
}

struct audited {
    static constexpr auto event_type = "bank.audited";
};
class tolerant : public leftfold::aggregate<tolerant, deposited> {
public:
    static constexpr auto category = "account";
    using ignored = leftfold::ignores<audited, opened>;
    void apply(const deposited& e) { balance += e.cents; }
    std::int64_t balance = 0;
};

TEST(repository, what_an_aggregate_ignores_is_skipped_and_counts_as_a_version) {
    store store;
    put(store, "bank.audited", "this is no JSON");
    put(store, "bank.deposited", R"({"cents":5})");
    const auto loaded = repository<tolerant>{store}.load("ann");
    EXPECT_EQ(loaded->balance, 5);
    EXPECT_EQ(loaded.version(), version{2});
}

TEST(repository, a_payload_that_does_not_decode_says_where_and_why) {
    store store;
    put(store, "bank.deposited", R"({"cents":"5"})");
    repository<account> accounts{store};
    expect_error(errc::invalid_event, "folding account-ann at version 1", [&] { accounts.load("ann"); });
    expect_error(errc::invalid_event, "bank.deposited: $.cents: wants an integer", [&] { accounts.load("ann"); });
}

TEST(repository, an_event_without_a_stored_form_is_refused_and_nothing_is_appended) {
    store store;
    repository<account> accounts{store};
    expect_error(errc::invalid_event, "encoding bank.account_opened: $.owner",
                 [&] { accounts.execute("ann", [](account& a) { a.open("\xff"); }); });
    EXPECT_FALSE(accounts.exists("ann"));
}

TEST(repository, a_bad_key_is_refused) {
    store store;
    repository<account> accounts{store};
    expect_error(errc::invalid_name, "", [&] { accounts.load(""); });
    expect_error(errc::invalid_name, "", [&] { accounts.execute(std::string(2'000, 'a'), [](account&) {}); });
}

TEST(repository, old_events_are_folded_as_what_they_became) {
    store store;
    put(store, "bank.paid_in", R"({"cents":5})");
    put(store, "bank.gift", R"([1,2,3])");
    leftfold::event_registry events;
    events.rename("bank.paid_in", "bank.deposited");
    events.upcast("bank.gift", [](const leftfold::raw_event&) {
        return std::vector<leftfold::raw_event>{{"bank.deposited", R"({"cents":1})"},
                                                {"bank.paid_in", R"({"cents":2})"}};
    });
    repository<account> accounts{store, {.events = events}};
    const auto loaded = accounts.load("ann");
    EXPECT_EQ(loaded->moves(), (std::vector<std::int64_t>{5, 1, 2}));
    EXPECT_EQ(loaded.version(), version{2}) << "upcasting gives no versions";
    EXPECT_EQ(accounts.execute("ann", [](account& a) { a.deposit(1); }).version, version{3});
}

struct impostor {
    static constexpr auto event_type = "bank.deposited";
};
BOOST_DESCRIBE_STRUCT(impostor, (), ())

TEST(repository, does_not_start_when_two_types_claim_one_name) {
    store store;
    leftfold::event_registry events;
    events.add<impostor>();
    expect_error(errc::name_collision, "bank.deposited", [&] { repository<account>(store, {.events = events}); });
}

TEST(repository, serves_a_decider_like_an_aggregate) {
    store store;
    repository<shop::cart_decider> carts{store};
    carts.execute("c-1", shop::add_item{"book", 2});
    const auto done = carts.execute("c-1", shop::add_all{{"pen", "book"}});
    EXPECT_EQ(done.events, 2U);
    EXPECT_EQ(done.version, version{3});
    EXPECT_EQ(carts.load("c-1")->items, (std::map<std::string, int>{{"book", 3}, {"pen", 1}}));
    EXPECT_EQ(carts.execute("c-1", shop::look{}).events, 0U);
    carts.execute("c-1", [](const shop::cart& c) {
        return shop::item_added{"page", static_cast<int>(c.items.size())};
    });
    carts.execute(command_id{"out"}, "c-1", shop::check_out{});
    EXPECT_EQ(carts.execute(command_id{"out"}, "c-1", shop::check_out{}).attempts, 0);
    EXPECT_THROW(carts.execute("c-1", shop::add_item{"late"}), std::logic_error);
    EXPECT_EQ(store.head(stream_id("cart", "c-1")), version{5});
}

TEST(repository, streams_longer_than_a_page_are_folded_whole) {
    store store;
    repository<account> accounts{store};
    for (int n = 0; n < 5; ++n)
        accounts.execute("ann", [](account& a) {
            for (int i = 0; i < 500; ++i) a.deposit(1);
        });
    EXPECT_EQ(accounts.load("ann")->balance(), 2'500);
    EXPECT_EQ(accounts.at_version("ann", version{1'001})->balance(), 1'001);
}

TEST(repository, a_closed_store_is_said) {
    store store;
    repository<account> accounts{store};
    store.close();
    expect_error(errc::store_closed, "", [&] { accounts.load("ann"); });
}

}  // namespace repository_test
