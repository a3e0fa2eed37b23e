#include <gtest/gtest.h>

#include <limits>

#include "framework/bank.hpp"
#include "framework/random_story.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/testing/store.hpp"

namespace verify_snapshots_test {

using leftfold::change, leftfold::repository, leftfold::snapshot, leftfold::version;
using leftfold::testing::store;

/// Counts money; each version of its code by another factor. To a fingerprint they are all the same.
template <int Factor>
class purse : public leftfold::aggregate<purse<Factor>, bank::deposited> {
public:
    static constexpr auto category = "purse";
    void put(std::int64_t cents) { this->raise(bank::deposited{cents}); }
    std::int64_t cents() const { return cents_; }

private:
    friend leftfold::aggregate<purse<Factor>, bank::deposited>;
    void apply(const bank::deposited& e) { cents_ += Factor * e.cents; }
    std::int64_t cents_{};
    BOOST_DESCRIBE_CLASS(purse, (), (), (), (cents_))
};

leftfold::repository_options by_ten(std::uint32_t refold_every) {
    return {.snapshots = {.every = 10, .spacing = 10, .refold_every = refold_every}};
}

const leftfold::stream_id ann{"purse", "ann"};

template <int Factor>
void put(repository<purse<Factor>>& purses, const char* key, int times) {
    for (int i = 0; i < times; ++i) purses.execute(key, [](auto& p) { p.put(1); });
}

snapshot kept_at(store& store, std::int64_t at) {
    leftfold::detail::shape_hash both;
    both.number(leftfold::detail::fold_fingerprint<purse<1>>());
    both.text(";");
    both.number(leftfold::event_registry{}.fingerprint());
    return store.snapshots().find(ann, both.value(), version{at}, leftfold::recorded_at::max()).value();
}

/// Replaces the bytes of the snapshot at that version.
void spoil(store& store, std::int64_t at, std::string state) {
    snapshot kept = kept_at(store, at);
    ASSERT_EQ(kept.version, version{at});
    kept.state = std::move(state);
    store.snapshots().save(kept);
}

TEST(verify_snapshots, finds_nothing_wrong_where_all_is_well) {
    store store;
    repository<purse<1>> purses{store, by_ten(0)};
    put(purses, "ann", 45);
    put(purses, "ben", 25);
    put(purses, "cid", 5);
    const auto report = purses.verify_snapshots();
    EXPECT_EQ(report.streams, 2U) << "cid's has none";
    EXPECT_EQ(report.checked, 6U);
    EXPECT_EQ(report.outdated, 0U);
    EXPECT_TRUE(report.wrong.empty());
}

TEST(verify_snapshots, names_the_stream_the_version_and_the_difference) {
    store store;
    repository<purse<1>> purses{store, by_ten(0)};
    put(purses, "ann", 45);
    spoil(store, 20, R"({"cents_":21})");
    spoil(store, 30, R"({"cents_":)");
    const auto report = purses.verify_snapshots();
    ASSERT_EQ(report.wrong.size(), 2U);
    EXPECT_EQ(report.wrong[0].stream, ann);
    EXPECT_EQ(report.wrong[0].version, version{20});
    EXPECT_EQ(report.wrong[0].differences, (std::vector<change>{{"$.cents_", "21", "20"}}));
    EXPECT_EQ(report.wrong[1].version, version{30});
    EXPECT_TRUE(report.wrong[1].differences.empty()) << "it does not decode";
    EXPECT_EQ(report.checked, 4U);
    EXPECT_EQ(kept_at(store, 20).state, R"({"cents_":21})") << "it changes nothing";
}

TEST(verify_snapshots, finds_a_meaning_that_changed_without_a_revision) {
    store store;
    repository<purse<1>> before{store, by_ten(0)};
    put(before, "ann", 25);
    repository<purse<2>> after{store, by_ten(0)};
    EXPECT_EQ(after.load("ann")->cents(), 30) << "20 of the old meaning and 10 of the new: what no shape can tell";
    const auto report = after.verify_snapshots();
    ASSERT_FALSE(report.wrong.empty());
    EXPECT_EQ(report.wrong[0].differences, (std::vector<change>{{"$.cents_", "10", "20"}}));
}

TEST(verify_snapshots, counts_what_is_not_of_this_log_apart) {
    store store;
    repository<purse<1>> purses{store, by_ten(0)};
    put(purses, "ann", 25);
    snapshot kept = kept_at(store, 10);
    kept.epoch = kept.epoch.next();
    kept.state = R"({"cents_":99})";
    store.snapshots().save(kept);
    const auto report = purses.verify_snapshots();
    EXPECT_EQ(report.outdated, 1U);
    EXPECT_EQ(report.checked, 1U);
    EXPECT_TRUE(report.wrong.empty());
}

TEST(verify_snapshots, looks_at_a_sample_when_told_so) {
    store store;
    repository<purse<1>> purses{store, by_ten(0)};
    for (const char* key : {"ann", "ben", "cid", "dan", "eve"}) put(purses, key, 12);
    const auto some = purses.verify_snapshots({.streams_max = 2});
    EXPECT_EQ(some.streams, 2U);
    EXPECT_EQ(some.checked, 2U);
    spoil(store, 10, R"({"cents_":1})");
    std::size_t found = 0;
    for (std::uint64_t seed = 0; seed < 32; ++seed)
        found += purses.verify_snapshots({.streams_max = 1, .seed = seed}).wrong.size();
    EXPECT_GT(found, 0U) << "another seed is another sample";
    EXPECT_LT(found, 32U);
}

TEST(verify_snapshots, without_snapshots_there_is_nothing_to_look_at) {
    store store;
    repository<purse<1>> purses{store};
    put(purses, "ann", 25);
    EXPECT_EQ(purses.verify_snapshots().checked, 0U);
}

TEST(verify_snapshots, holds_for_any_history) {
    std::uint64_t checked = 0;
    const bool holds = rc::check("kept snapshots are what their events fold to", [&] {
        const random_story story{*any_story()};
        const auto report = story.accounts().verify_snapshots();
        RC_ASSERT(report.wrong.empty());
        checked += report.checked;
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(checked, 0U);
}

struct listener : leftfold::observer {
    void on_warning(std::string_view text) override { warnings.emplace_back(text); }
    std::vector<std::string> warnings;
};

TEST(refolding, at_load_finds_a_wrong_snapshot_drops_it_and_says_so) {
    const auto told = std::make_shared<listener>();
    store store{{.observer = told}};
    repository<purse<1>> purses{store, by_ten(1)};
    put(purses, "ann", 25);
    ASSERT_TRUE(told->warnings.empty());
    spoil(store, 20, R"({"cents_":21})");
    EXPECT_EQ(purses.load("ann")->cents(), 25);
    ASSERT_EQ(told->warnings.size(), 1U);
    EXPECT_EQ(
        told->warnings[0],
        "the snapshot of purse-ann at version 20 is not what its events fold to, $.cents_: 21 → 20; it is dropped. "
        "Has apply() changed without a new revision?");
    EXPECT_EQ(purses.snapshots().discarded, 1U);
    EXPECT_TRUE(purses.verify_snapshots().wrong.empty());
}

TEST(refolding, is_done_for_a_sample_of_the_loads_only) {
    store store;
    repository<purse<1>> purses{store, by_ten(4)};
    {
        repository<purse<1>> writer{store, by_ten(0)};
        put(writer, "ann", 25);
    }
    spoil(store, 20, R"({"cents_":21})");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(purses.load("ann")->cents(), 26) << "an unchecked load trusts it";
    EXPECT_EQ(purses.load("ann")->cents(), 25);
}

}  // namespace verify_snapshots_test
