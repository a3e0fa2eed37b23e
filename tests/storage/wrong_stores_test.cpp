#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/log_contract.hpp"
#include "leftfold/testing/store_contract.hpp"
#include "storage/wrong_stores/wrong_appends.hpp"
#include "storage/wrong_stores/wrong_neighbours.hpp"
#include "storage/wrong_stores/wrong_reads.hpp"
#include "support/store_properties.hpp"

namespace wrong_stores_test {

// A contract is worth what it refuses. Each store here breaks one rule and must fail the case that is named beside it;
// the same store with nothing broken must pass every case.

using namespace wrong_stores;
using leftfold::testing::contract;
using leftfold::testing::contract_case;
using leftfold::testing::engine;
using leftfold::testing::variant;

/// A store in memory that outlives its ports, so that it can be opened again, with one port exchanged for a wrong one.
template <class Wrong>
class engine_with : public engine {
public:
    store_parts make(std::uint32_t partitions) override {
        auto parts = make_memory_parts(partitions, derive_event_id("store"));
        partitions_ = partitions;
        log_ = std::move(parts.log);
        index_ = std::move(parts.index);
        bulletin_ = std::move(parts.bulletin);
        snapshots_ = std::move(parts.snapshots);
        checkpoints_ = std::move(parts.checkpoints);
        return reopen();
    }
    bool keeps() const override { return true; }
    store_parts reopen() override {
        store_parts parts{.id = derive_event_id("store"), .partitions = partitions_};
        parts.log = port<passing_log>(log_);
        parts.index = port<passing_index>(index_);
        parts.bulletin = port<passing_bulletin>(bulletin_);
        parts.snapshots = port<passing_snapshots>(snapshots_);
        parts.checkpoints = port<passing_checkpoints>(checkpoints_);
        return parts;
    }

private:
    /// The wrong port where it is of that kind, else one that passes everything on.
    template <class Passing, class Port>
    static std::unique_ptr<Port> port(const std::shared_ptr<Port>& right) {
        if constexpr (std::is_base_of_v<Passing, Wrong>) {
            return std::make_unique<Wrong>(right);
        } else {
            return std::make_unique<Passing>(right);
        }
    }

    std::uint32_t partitions_ = 1;
    std::shared_ptr<partition_log> log_;
    std::shared_ptr<stream_index> index_;
    std::shared_ptr<bulletin> bulletin_;
    std::shared_ptr<snapshot_store> snapshots_;
    std::shared_ptr<checkpoint_store> checkpoints_;
};

struct wrong_store {
    std::string name;
    std::string caught_by;
    std::unique_ptr<engine> (*make)();
    variant how = variant::straight;
};

template <class Wrong>
std::unique_ptr<engine> with() {
    return std::make_unique<engine_with<Wrong>>();
}

/// A store whose id is made anew each time that it is opened.
class becomes_another_store final : public engine_with<void> {
public:
    store_parts reopen() override {
        auto parts = engine_with<void>::reopen();
        parts.id = derive_event_id("opening " + std::to_string(++openings_));
        return parts;
    }

private:
    int openings_ = 0;
};

std::unique_ptr<engine> make_one_that_becomes_another() { return std::make_unique<becomes_another_store>(); }

const std::vector<wrong_store> all_wrong_stores{
    {"loses_the_last_event", "the_head_is_the_last_event", with<loses_the_last_event>},
    {"lets_zombies_append", "an_owner_whose_partition_was_claimed_can_append_no_more", with<lets_zombies_append>},
    {"ignores_a_moved_head", "a_fence_behind_the_head_is_told_so", with<ignores_a_moved_head>},
    {"stores_a_part_of_what_it_refuses", "a_group_that_is_refused_leaves_nothing",
     with<stores_a_part_of_what_it_refuses>},
    {"commits_in_halves", "a_group_is_seen_whole_or_not_at_all", with<commits_in_halves>},
    {"writes_to_the_wrong_partition", "partitions_are_apart", with<writes_to_the_wrong_partition>},
    {"says_stored", "resolve_finds_nothing_of_a_group_that_was_not_stored", with<says_stored>},
    {"says_not_stored", "resolve_finds_a_group_that_was_stored", with<says_not_stored>},
    {"forgets_its_claims", "an_owner_whose_partition_was_claimed_can_append_no_more", with<forgets_its_claims>,
     variant::reopened},
    {"fences_by_name", "a_later_claim_by_the_same_owner_fences_the_earlier", with<fences_by_name>},
    {"leaves_a_gap", "offsets_are_dense_from_one", with<leaves_a_gap>},
    {"gives_an_event_twice", "pages_join_without_gap_or_overlap", with<gives_an_event_twice>},
    {"shows_events_late", "what_is_committed_is_seen_at_once", with<shows_events_late>},
    {"gives_events_out_of_order", "offsets_are_dense_from_one", with<gives_events_out_of_order>},
    {"ties_times", "recorded_times_rise_and_never_repeat", with<ties_times>},
    {"keeps_headers_in_a_map", "headers_keep_their_order_and_duplicates", with<keeps_headers_in_a_map>},
    {"tidies_payloads", "every_column_comes_back_as_it_was_given", with<tidies_payloads>},
    {"ignores_types", "a_filter_gives_what_matches_and_nothing_else", with<ignores_types>},
    {"filters_by_the_first", "a_filter_gives_what_matches_and_nothing_else", with<filters_by_the_first>},
    {"ignores_header_values", "a_filter_gives_what_matches_and_nothing_else", with<ignores_header_values>},
    {"trusts_places", "a_damaged_envelope_is_found_by_every_scan_that_passes_it", with<trusts_places>},
    {"folds_keys", "every_column_comes_back_as_it_was_given", with<folds_keys>},
    {"reads_payloads_first", "a_payload_that_nobody_wants_is_not_touched", with<reads_payloads_first>},
    {"scans_without_end", "a_page_ends_after_the_rows_that_it_may_look_at", with<scans_without_end>},
    {"passes_over_damage", "a_damaged_payload_is_found_when_it_is_delivered", with<passes_over_damage>},
    {"reads_missing_places_as_nothing", "read_at_of_an_offset_that_is_not_there_is_damage",
     with<reads_missing_places_as_nothing>},
    {"forgets_the_last_event", "the_head_is_the_last_event", with<forgets_the_last_event>, variant::reopened},
    {"tells_old_heads", "exactly_wants_that_version_and_no_other", with<tells_old_heads>, variant::reopened},
    {"ignores_categories", "an_index_finds_a_streams_events_forward", with<ignores_categories>},
    {"joins_names", "an_index_tells_streams_of_like_names_apart", with<joins_names>},
    {"stops_beyond_the_end", "an_index_begins_at_the_end_that_is_nearest", with<stops_beyond_the_end>},
    {"knows_half_an_id", "an_index_tells_ids_of_like_bytes_apart", with<knows_half_an_id>},
    {"misses_one_backward", "an_index_finds_a_streams_events_backward", with<misses_one_backward>},
    {"forgets_old_ids", "an_index_finds_events_by_id", with<forgets_old_ids>},
    {"knows_no_ids", "an_append_under_the_same_ids_is_stored_once", with<knows_no_ids>},
    {"finds_later_snapshots", "the_newest_snapshot_in_both_bounds_is_found", with<finds_later_snapshots>},
    {"keeps_a_dropped_snapshot", "dropped_snapshots_are_gone", with<keeps_a_dropped_snapshot>},
    {"never_goes_back", "a_checkpoint_is_the_one_saved_last", with<never_goes_back>},
    {"folds_consumers", "a_checkpoint_is_the_one_saved_last", with<folds_consumers>},
    {"sleeps_through", "a_wait_on_the_board_ends_with_the_next_page", with<sleeps_through>},
    {"shows_heads_alone", "the_board_shows_the_page_published_last", with<shows_heads_alone>},
    {"becomes_another_store", "a_store_keeps_its_name", make_one_that_becomes_another, variant::reopened},
    {"forgets_the_clocks_bound", "the_clocks_bound_is_the_one_saved_last", with<forgets_the_clocks_bound>,
     variant::reopened},
};

/// Every case there is.
contract everything_promised() {
    using namespace leftfold::testing;
    contract all;
    for (auto& part : {log_contract(), index_contract(), side_contract(), append_contract(), reading_contract(),
                       threads_contract()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

const contract_case& find_case(const contract& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &contract_case::name);
    if (found == all.end()) throw std::runtime_error("no contract has a case " + name);
    return *found;
}

class wrong_store_test : public ::testing::TestWithParam<wrong_store> {};

TEST_P(wrong_store_test, is_refused_by_the_case_that_is_named) {
    const auto& wrong = GetParam();
    const auto all = everything_promised();
    const auto broken = find_case(all, wrong.caught_by).run(*wrong.make(), wrong.how);
    ASSERT_TRUE(broken.has_value()) << wrong.name << " passed " << wrong.caught_by;
    RecordProperty("failure", *broken);
}

INSTANTIATE_TEST_SUITE_P(each, wrong_store_test, ::testing::ValuesIn(all_wrong_stores),
                         [](const auto& wrong) { return wrong.param.name; });

TEST(wrong_stores, the_same_store_with_nothing_broken_passes_every_case) {
    for (const auto& promise : everything_promised()) {
        for (const auto how : {variant::straight, variant::reopened}) {
            const auto broken = promise.run(*with<void>(), how);
            EXPECT_EQ(broken, std::nullopt) << promise.name << (how == variant::reopened ? " (reopened)" : "");
        }
    }
}

TEST(wrong_stores, fail_the_properties_too) {
    using namespace leftfold::test_support;
    EXPECT_NONFATAL_FAILURE(check_appends_against_a_model(with<knows_no_ids>), "appends end as the model says");
    EXPECT_NONFATAL_FAILURE(check_pages_against_a_loop(with<ignores_types>), "pages and streams give");
    EXPECT_NONFATAL_FAILURE(check_cuts_against_sorting(with<ties_times>), "readings are sorted");
}

TEST(contract, names_no_two_cases_alike) {
    std::set<std::string> names;
    for (const auto& promise : everything_promised()) EXPECT_TRUE(names.insert(promise.name).second) << promise.name;
    EXPECT_GT(names.size(), 80U);
}

}  // namespace wrong_stores_test
