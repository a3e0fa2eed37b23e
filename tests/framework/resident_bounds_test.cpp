// How many residents there are, what they are counted as, what becomes of them among threads and beside snapshots.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <list>
#include <memory>
#include <numeric>
#include <thread>

#include "framework/bank.hpp"
#include "framework/counting_log.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/detail/held_bytes.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

namespace resident_bounds_test {

using bank::account;
using leftfold::errc, leftfold::recorded_at, leftfold::repository, leftfold::version;
using leftfold::testing::store;

/// Says that it takes ten thousand bytes, beside which nothing else of it counts for much.
class heavy : public leftfold::aggregate<heavy, bank::deposited> {
public:
    static constexpr auto category = "account";
    void deposit(std::int64_t cents) { raise(bank::deposited{cents}); }
    std::int64_t balance() const { return balance_; }
    std::size_t resident_bytes() const { return 10'000; }

private:
    friend aggregate;
    void apply(const bank::deposited& e) { balance_ += e.cents; }
    std::int64_t balance_{};
};

void deposit_in(repository<heavy>& accounts, const char* key) {
    accounts.execute(key, [](heavy& a) { a.deposit(1); });
}

/// Whether a command finds the stream's state in memory.
bool is_resident(repository<heavy>& accounts, const char* key) {
    const auto before = accounts.residents().used;
    accounts.load(key);
    return accounts.residents().used > before;
}

TEST(resident_bounds, those_used_longest_ago_go_first) {
    store store;
    repository<heavy> accounts{store, {.resident_bytes = 35'000}};
    for (const char* key : {"a", "b", "c"}) deposit_in(accounts, key);
    deposit_in(accounts, "a");
    deposit_in(accounts, "d");
    EXPECT_EQ(accounts.residents().evicted, 1U);
    EXPECT_EQ(accounts.residents().held, 3U);
    EXPECT_GE(accounts.residents().bytes, 30'000U);
    EXPECT_LE(accounts.residents().bytes, 35'000U);
    for (const char* key : {"a", "c", "d"}) EXPECT_TRUE(is_resident(accounts, key)) << key;
    EXPECT_FALSE(is_resident(accounts, "b"));
    EXPECT_EQ(accounts.load("b")->balance(), 1);
}

TEST(resident_bounds, one_that_alone_is_too_large_is_not_kept_and_drives_nobody_out) {
    store store;
    repository<heavy> heavy_ones{store, {.resident_bytes = 9'999}};
    deposit_in(heavy_ones, "a");
    EXPECT_EQ(heavy_ones.residents().held, 0U);

    repository<account> accounts{store, {.resident_bytes = 20'000}};
    accounts.execute("small", [](account& a) { a.deposit(1); });
    accounts.execute("large", [](account& a) { a.open(std::string(30'000, 'x')); });
    EXPECT_EQ(accounts.residents().held, 1U);
    EXPECT_EQ(accounts.residents().evicted, 0U);
    EXPECT_EQ(accounts.load("large")->owner().size(), 30'000U);
}

TEST(resident_bounds, one_that_grows_is_counted_again) {
    store store;
    repository<account> accounts{store, {.resident_bytes = 4'000}};
    int kept = 0;
    for (int i = 0; i < 500; ++i) {
        accounts.execute("ann", [](account& a) { a.deposit(1); });
        kept += accounts.residents().held == 1 ? 1 : 0;
        ASSERT_LE(accounts.residents().bytes, 4'000U);
    }
    EXPECT_GT(kept, 100);
    EXPECT_LT(kept, 500) << "as many moves take four thousand bytes";
    EXPECT_EQ(accounts.load("ann")->balance(), 500);
}

TEST(resident_bounds, a_stream_that_does_not_exist_takes_no_place) {
    store store;
    repository<account> accounts{store, {.resident_bytes = 1 << 20}};
    EXPECT_FALSE(accounts.load("ann"));
    accounts.execute("ann", [](account&) {});
    EXPECT_EQ(accounts.residents().held, 0U);
}

/// What cannot be copied, and says so.
class unique_one : public leftfold::aggregate<unique_one, bank::deposited> {
public:
    static constexpr auto category = "account";
    void apply(const bank::deposited&) { ++*count; }
    std::size_t resident_bytes() const { return 8; }
    std::unique_ptr<int> count = std::make_unique<int>();
};
class forgetful : public leftfold::aggregate<forgetful, bank::deposited> {
public:
    static constexpr auto category = "account";
    void apply(const bank::deposited&) { notes->push_back(std::make_unique<int>(1)); }

private:
    leftfold::transient<std::vector<std::unique_ptr<int>>> notes;  // says that it can be copied
    BOOST_DESCRIBE_CLASS(forgetful, (), (), (), (notes))
};
class undescribed : public leftfold::aggregate<undescribed, bank::deposited> {
public:
    static constexpr auto category = "account";
    void apply(const bank::deposited&) {}
};

TEST(resident_bounds, what_cannot_be_copied_or_counted_is_refused) {
    store store;
    const leftfold::repository_options keeping{.resident_bytes = 1};
    expect_error(errc::invalid_argument, "keeping residents of unique_one, which cannot be copied",
                 [&] { repository<unique_one>(store, keeping); });
    expect_error(errc::invalid_argument, "keeping residents of undescribed",
                 [&] { repository<undescribed>(store, keeping); });
    expect_error(errc::invalid_argument, "keeping residents of forgetful",
                 [&] { repository<forgetful>(store, keeping); });
    EXPECT_NO_THROW(repository<unique_one>{store});
    EXPECT_NO_THROW(repository<forgetful>{store});
}

struct leaf {
    std::string text;
    std::list<std::int64_t> numbers;
};
BOOST_DESCRIBE_STRUCT(leaf, (), (text, numbers))
struct tree {
    std::vector<leaf> leaves;
    std::map<std::string, std::string> names;
    std::optional<std::string> title;
};
BOOST_DESCRIBE_STRUCT(tree, (), (leaves, names, title))

TEST(resident_bounds, bytes_are_what_members_hold_on_the_heap) {
    using leftfold::detail::held_bytes;
    EXPECT_EQ(held_bytes(tree{}), sizeof(tree));
    EXPECT_EQ(held_bytes(tree{.leaves = {}, .names = {}, .title = "short"}), sizeof(tree)) << "within the string";
    const auto more_than = [](const tree& one, std::size_t least) {
        EXPECT_GE(held_bytes(one), sizeof(tree) + least);
        EXPECT_LE(held_bytes(one), sizeof(tree) + least + least / 4 + 64);
    };
    more_than({.leaves = {}, .names = {}, .title = std::string(1'000, 'x')}, 1'001);
    more_than({.leaves = std::vector<leaf>(50), .names = {}, .title = {}}, 50 * sizeof(leaf));
    more_than({.leaves = {{std::string(500, 'x'), std::list<std::int64_t>(100)}}, .names = {}, .title = {}},
              sizeof(leaf) + 501 + 100 * 50);
    std::map<std::string, std::string> names;
    for (int i = 0; i < 100; ++i) names[std::to_string(i)] = std::string(200, 'x');
    more_than({.leaves = {}, .names = names, .title = {}}, 100 * (201 + 2 * sizeof(std::string) + 32));
}

std::vector<std::int64_t> kept_versions(store& store, std::uint64_t fingerprint) {
    std::vector<std::int64_t> found;
    version at_most{std::numeric_limits<std::int64_t>::max()};
    while (const auto kept = store.snapshots().find({"account", "ann"}, fingerprint, at_most, recorded_at::max())) {
        found.insert(found.begin(), kept->version.value());
        at_most = kept->version.plus(-1);
    }
    return found;
}

std::uint64_t fingerprint_of_account() {
    leftfold::detail::shape_hash both;
    both.number(leftfold::detail::fold_fingerprint<account>());
    both.text(";");
    both.number(leftfold::event_registry{}.fingerprint());
    return both.value();
}

TEST(resident_bounds, snapshots_are_kept_by_policy_all_the_same) {
    for (const int batch : {1, 7, 45}) {
        store store;
        const leftfold::repository_options options{.snapshots = {.every = 10, .spacing = 30},
                                                   .resident_bytes = 1 << 20};
        repository<account> accounts{store, options};
        for (int done = 0; done < 101; done += batch)
            accounts.execute("ann", [&](account& a) {
                for (int i = 0; i < batch; ++i) a.deposit(1);
            });
        const auto kept = kept_versions(store, fingerprint_of_account());
        ASSERT_FALSE(kept.empty());
        std::int64_t before = 0;
        for (const auto at : kept) {
            EXPECT_LE(at - before, 30) << batch;
            before = at;
        }
        EXPECT_GE(kept.back(), 90) << batch;
        EXPECT_EQ(accounts.snapshots().used, 0U) << "nothing was loaded again";
        const auto report = accounts.verify_snapshots();
        EXPECT_EQ(report.checked, kept.size());
        EXPECT_TRUE(report.wrong.empty());
        EXPECT_EQ(report.outdated, 0U);
    }
}

TEST(resident_bounds, of_many_threads_no_deposit_is_lost_or_doubled_and_each_reads_what_it_wrote) {
    constexpr int threads = 8;
    constexpr int deposits = 40;
    auto store = leftfold::open_memory();
    const leftfold::repository_options options{.attempts_max = threads * deposits, .resident_bytes = 20'000};
    repository<account> accounts{store, options};
    repository<account> others{store, options};
    std::atomic<int> stale{0};
    {
        std::vector<std::jthread> tellers;
        for (int t = 0; t < threads; ++t)
            tellers.emplace_back([&, t] {
                auto& mine = t % 2 == 0 ? accounts : others;
                for (int i = 0; i < deposits; ++i) {
                    const auto key = i % 4 == 0 ? "ben" : "ann";
                    const auto done = mine.execute(key, [](account& a) { a.deposit(a.version().value()); });
                    if ((t % 4 < 2 ? accounts : others).load(key).version() < done.version) ++stale;
                }
            });
    }
    EXPECT_EQ(stale, 0);
    for (const char* key : {"ann", "ben"}) {
        const auto now = accounts.load(key);
        std::vector<std::int64_t> expected(static_cast<std::size_t>(now.version().value()));
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(now->moves(), expected) << "each was decided on the very state that it was appended to";
        EXPECT_EQ(now->moves(), repository<account>{store}.load(key)->moves());
    }
    EXPECT_EQ(accounts.load("ann").version().value() + accounts.load("ben").version().value(), threads * deposits);
}

}  // namespace resident_bounds_test
