#include <gtest/gtest.h>

#include <limits>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/testing/store.hpp"

namespace snapshot_test {

using bank::account;
using leftfold::errc, leftfold::recorded_at, leftfold::repository, leftfold::version;
using leftfold::testing::store;

const leftfold::stream_id ann{"account", "ann"};
const leftfold::repository_options by_ten{.snapshots = {.every = 10, .spacing = 30}};

template <class Repository>
void deposit(Repository& accounts, int times) {
    for (int i = 0; i < times; ++i) accounts.execute("ann", [](auto& a) { a.deposit(1); });
}

/// The versions that are kept of a stream under a fingerprint, oldest first.
std::vector<std::int64_t> kept_versions(store& store, std::uint64_t fingerprint) {
    std::vector<std::int64_t> found;
    version at_most{std::numeric_limits<std::int64_t>::max()};
    while (const auto kept = store.snapshots().find(ann, fingerprint, at_most, recorded_at::max())) {
        found.insert(found.begin(), kept->version.value());
        at_most = kept->version.plus(-1);
    }
    return found;
}

/// A snapshot as the repository itself would find it; the fingerprint comes from the options' registry too.
std::uint64_t fingerprint_of(const leftfold::event_registry& events = {}) {
    leftfold::detail::shape_hash both;
    both.number(leftfold::detail::fold_fingerprint<account>());
    both.text(";");
    both.number(events.fingerprint());
    return both.value();
}

leftfold::snapshot newest(store& store) {
    return store.snapshots()
        .find(ann, fingerprint_of(), version{std::numeric_limits<std::int64_t>::max()}, recorded_at::max())
        .value();
}

TEST(snapshots, are_kept_by_policy_and_used_by_loads) {
    store store;
    repository<account> accounts{store, by_ten};
    deposit(accounts, 25);
    EXPECT_EQ(kept_versions(store, fingerprint_of()), (std::vector<std::int64_t>{20}));
    const auto before = accounts.snapshots();
    EXPECT_EQ(before.kept, 2U);
    EXPECT_EQ(before.discarded, 0U);
    EXPECT_EQ(accounts.load("ann")->balance(), 25);
    EXPECT_EQ(accounts.snapshots().used, before.used + 1);
}

TEST(snapshots, none_are_made_unless_asked_for) {
    store store;
    repository<account> accounts{store};
    deposit(accounts, 25);
    EXPECT_TRUE(kept_versions(store, fingerprint_of()).empty());
    EXPECT_EQ(accounts.snapshots().kept, 0U);
}

TEST(snapshots, one_stays_per_spacing_beside_the_newest) {
    store store;
    repository<account> accounts{store, by_ten};
    deposit(accounts, 101);
    EXPECT_EQ(kept_versions(store, fingerprint_of()), (std::vector<std::int64_t>{30, 60, 90, 100}));
    for (const std::int64_t at : {1, 29, 30, 31, 59, 60, 95, 101})
        EXPECT_EQ(accounts.at_version("ann", version{at})->balance(), at);
}

TEST(snapshots, a_long_stream_gets_them_all_the_first_time_that_it_is_folded) {
    store store;
    repository<account> plain{store};
    deposit(plain, 95);
    repository<account> accounts{store, by_ten};
    EXPECT_EQ(accounts.load("ann")->balance(), 95);
    EXPECT_EQ(kept_versions(store, fingerprint_of()), (std::vector<std::int64_t>{30, 60, 90}));
}

TEST(snapshots, questions_about_the_past_leave_none_behind) {
    store store;
    repository<account> plain{store};
    deposit(plain, 95);
    repository<account> accounts{store, by_ten};
    for (std::int64_t at = 94; at != 60; --at) EXPECT_EQ(accounts.at_version("ann", version{at})->balance(), at);
    EXPECT_EQ(kept_versions(store, fingerprint_of()), (std::vector<std::int64_t>{30, 60, 90}));
}

TEST(snapshots, one_that_does_not_match_the_log_is_discarded_and_counted) {
    const auto spoil = [](auto&& change) {
        store store;
        repository<account> accounts{store, by_ten};
        deposit(accounts, 12);
        auto kept = newest(store);
        kept.state = R"({"owner_":"Mallory","balance_":1000000,"moves_":[]})";
        change(kept);
        store.snapshots().save(kept);
        EXPECT_EQ(accounts.load("ann")->balance(), 12);
        EXPECT_EQ(accounts.snapshots().discarded, 1U);
    };
    spoil([](leftfold::snapshot& kept) { kept.store = leftfold::derive_event_id("another store"); });
    spoil([](leftfold::snapshot& kept) { kept.epoch = kept.epoch.next(); });
    spoil([](leftfold::snapshot& kept) { kept.chain[7] ^= 1; });
    spoil([](leftfold::snapshot& kept) { kept.position.at = kept.position.at.plus(-1); });
    spoil([](leftfold::snapshot& kept) { kept.position.partition = kept.position.partition.next(); });
    spoil([](leftfold::snapshot& kept) { kept.state = R"({"balance_":)"; });
    spoil([](leftfold::snapshot& kept) {  // ahead of the log
        kept.version = version{500};
        kept.position.at = leftfold::offset{500};
    });
}

TEST(snapshots, an_older_one_serves_when_the_newest_does_not_match) {
    store store;
    repository<account> accounts{store, by_ten};
    deposit(accounts, 41);
    auto kept = newest(store);
    kept.chain[0] ^= 1;
    store.snapshots().save(kept);
    const auto before = accounts.snapshots();
    EXPECT_EQ(accounts.load("ann")->balance(), 41);
    EXPECT_EQ(accounts.snapshots().used, before.used + 1);
    EXPECT_EQ(accounts.snapshots().discarded, before.discarded + 1);
}

/// The account after a change of its code.
class account_with_interest : public leftfold::aggregate<account_with_interest, bank::deposited> {
public:
    static constexpr auto category = "account";
    static constexpr int revision = 2;
    void deposit(std::int64_t cents) { raise(bank::deposited{cents}); }
    std::int64_t balance() const { return balance_; }

private:
    friend aggregate;
    void apply(const bank::deposited& e) { balance_ += 2 * e.cents; }
    std::int64_t balance_{};
    BOOST_DESCRIBE_CLASS(account_with_interest, (), (), (), (balance_))
};

TEST(snapshots, those_of_other_code_are_never_used_and_go_once_the_new_ones_stand) {
    store store;
    repository<account> before{store, by_ten};
    deposit(before, 25);
    repository<account_with_interest> after{store, by_ten};
    EXPECT_EQ(after.load("ann")->balance(), 50);
    EXPECT_EQ(after.snapshots().used, 0U);
    deposit(after, 25);
    EXPECT_EQ(after.load("ann")->balance(), 100);
    EXPECT_TRUE(kept_versions(store, fingerprint_of()).empty());
    EXPECT_EQ(after.snapshots().discarded, 1U);
}

TEST(snapshots, their_fingerprint_is_the_same_with_every_compiler) {
    static_assert(leftfold::detail::fold_fingerprint<account>() == 0x7219a5a307fce853);
    static_assert(leftfold::detail::fold_fingerprint<shop::cart_decider>() == 0xb152987e5a46b185);
}

TEST(snapshots, a_new_upcaster_makes_old_ones_unusable) {
    store store;
    repository<account> before{store, by_ten};
    deposit(before, 15);
    leftfold::event_registry events;
    events.rename("bank.paid_in", "bank.deposited");
    repository<account> after{store, {.snapshots = by_ten.snapshots, .events = events}};
    EXPECT_EQ(after.load("ann")->balance(), 15);
    EXPECT_EQ(after.snapshots().used, 0U);
    EXPECT_NE(fingerprint_of(), fingerprint_of(events));
}

TEST(snapshots, serve_the_recorded_axis_only_up_to_the_time_asked_for) {
    store store;
    repository<account> accounts{store, by_ten};
    deposit(accounts, 25);
    const auto events = store.read_stream(ann);
    const auto before = accounts.snapshots().used;
    EXPECT_EQ(accounts.as_of("ann", events[18].recorded)->balance(), 19);
    EXPECT_EQ(accounts.as_of("ann", events[22].recorded)->balance(), 23);
    EXPECT_EQ(accounts.snapshots().used, before + 1) << "there is none at or before event 19";
    EXPECT_EQ(accounts.as_of("ann", events[22].occurred)->balance(), 23);
    EXPECT_EQ(accounts.snapshots().used, before + 1);
}

TEST(snapshots, of_a_decider_hold_its_state) {
    store store;
    repository<shop::cart_decider> carts{store, {.snapshots = {.every = 2}}};
    for (int i = 0; i < 5; ++i) carts.execute("c", shop::add_item{"book"});
    EXPECT_EQ(carts.load("c")->items.at("book"), 5);
    EXPECT_GT(carts.snapshots().used, 0U);
}

class undescribed : public leftfold::aggregate<undescribed, bank::deposited> {
public:
    static constexpr auto category = "account";
    void apply(const bank::deposited&) {}
};

TEST(snapshots, need_an_aggregate_that_is_described) {
    store store;
    expect_error(errc::invalid_argument, "keeping snapshots of undescribed, which is not described",
                 [&] { repository<undescribed>(store, by_ten); });
}

struct listener : leftfold::observer {
    void on_warning(std::string_view text) override { warnings.emplace_back(text); }
    std::vector<std::string> warnings;
};

class gambler : public leftfold::aggregate<gambler, bank::opened> {
public:
    static constexpr auto category = "account";
    double odds() const { return odds_; }

private:
    friend aggregate;
    void apply(const bank::opened&) { odds_ = std::numeric_limits<double>::infinity(); }
    double odds_ = 0;
    BOOST_DESCRIBE_CLASS(gambler, (), (), (), (odds_))
};

TEST(snapshots, one_that_cannot_be_written_is_a_warning_and_nothing_else) {
    const auto told = std::make_shared<listener>();
    store store{{.observer = told}};
    store.append(ann, leftfold::expected_version::any(), {{"bank.account_opened", R"({"owner":"\ud83d\ude00"})"}})
        .value();
    repository<gambler> gamblers{store, {.snapshots = {.every = 1}}};
    EXPECT_GT(gamblers.load("ann")->odds(), 1);
    ASSERT_EQ(told->warnings.size(), 1U);
    EXPECT_NE(told->warnings[0].find("keeping a snapshot of account-ann"), std::string::npos) << told->warnings[0];
    EXPECT_EQ(gamblers.snapshots().kept, 0U);
}

}  // namespace snapshot_test
