#include "projection_run.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::testing::detail {

namespace {

/// So many that most streams have a partition to themselves, and shuffling can tell them apart.
constexpr std::uint32_t partitions = 64;

/// Where syncing costs nothing, if the system has such a place.
std::filesystem::path in_memory() {
    const std::filesystem::path shared{"/dev/shm"};
    return std::filesystem::is_directory(shared) ? shared : std::filesystem::path();
}

/// What ends a program in the middle of its work. No std::exception, so that the engine takes it for what it is.
struct killed {};

/// Takes happenings between two moments in another order: partitions meet as the seed has it, each keeps its own order.
std::vector<const happening*> shuffled(const std::vector<const happening*>& in_order, const event_store& store,
                                       random_source& random) {
    std::map<partition_id, std::deque<const happening*>> waiting;
    for (const auto* each : in_order) waiting[store.partition_of(stream_id::parse(each->stream))].push_back(each);
    std::vector<const happening*> drawn;
    while (drawn.size() != in_order.size()) {
        // By how many are left in each: then every order is as likely as any other.
        auto place = random.next() % (in_order.size() - drawn.size());
        auto from = waiting.begin();
        while (place >= from->second.size()) place -= (from++)->second.size();
        drawn.push_back(from->second.front());
        from->second.pop_front();
    }
    return drawn;
}

}  // namespace

projection_run::projection_run(const std::vector<happening>& happened, const projection_script::adder& add,
                               const delivery& how)
    : directory_(in_memory()), store_({.partitions = partitions}) {
    const auto recorded = record(happened, how.shuffled_by);
    if (how.twice)
        while (is_killed(add, how, "checkpoint is written") && is_killed(add, how, "flush is committed")) {
        }
    engine_.emplace(store_);
    rows_ = &add(*engine_, options(how));
    try {
        engine_->catch_up();
    } catch (const error& failed) {
        if (failed.kind() != errc::projection_stopped) throw;
        const auto why = engine_->status().front().failure;
        const auto at = std::find_if(recorded.begin(), recorded.end(), [&](const auto& each) {
            return why.starts_with("event " + to_string(each.first) + ": ");
        });
        stopped_ = stop{why, {}};
        if (at != recorded.end()) stopped_->at = *at->second;
    }
}

projection_run::recording projection_run::record(const std::vector<happening>& happened,
                                                 std::optional<std::uint64_t> shuffled_by) {
    recording all;
    seeded_random random(shuffled_by.value_or(0));
    std::vector<const happening*> together;
    const auto record_all = [&] {
        for (const auto* each : shuffled_by ? shuffled(together, store_, random) : together) {
            const auto done = store_.append(stream_id::parse(each->stream), expected_version::any(), {each->event});
            all.emplace_back(done.value().position, each);
        }
        together.clear();
    };
    for (const auto& each : happened) {
        if (!each.time) {
            together.push_back(&each);
            continue;
        }
        record_all();
        store_.advance(*each.time);
    }
    record_all();
    return all;
}

projection_options projection_run::options(const delivery& how) const {
    projection_options made{.database = database(), .retries = {.count = 0}, .events = how.events};
    if (how.batches_of) made.flush.events = *how.batches_of;
    return made;
}

/// Runs a program that is killed after the next step of that name. Returns false when it came to its end before.
bool projection_run::is_killed(const projection_script::adder& add, const delivery& how, std::string_view after) {
    projection_engine engine(store_, {.failpoint = [&](std::string_view step) {
                                 if (step == after) throw killed{};
                             }});
    add(engine, options(how));
    try {
        engine.catch_up();
    } catch (const killed&) {
        return true;
    } catch (const error& failed) {
        if (failed.kind() != errc::projection_stopped) throw;
    }
    return false;
}

std::vector<const leftfold::detail::table_core*> projection_run::tables() const {
    std::vector<const leftfold::detail::table_core*> all;
    for (const auto* part : leftfold::detail::projection_access::parts(*rows_))
        if (const auto* table = dynamic_cast<const leftfold::detail::table_core*>(part)) all.push_back(table);
    return all;
}

}  // namespace leftfold::inline v0::testing::detail
