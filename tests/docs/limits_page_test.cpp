// docs/limits.md names every limit with its default, and no other. A new limit belongs there.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/framework/decode_limits.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/framework/member_path.hpp"
#include "leftfold/framework/repository_options.hpp"
#include "leftfold/projections/change_feed.hpp"
#include "leftfold/projections/change_tap.hpp"
#include "leftfold/projections/fold_live.hpp"
#include "leftfold/projections/process_options.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/projections/reactor_options.hpp"
#include "leftfold/projections/replay_as_of.hpp"
#include "leftfold/projections/table.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "leftfold/storage/control.hpp"
#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position_token.hpp"
#include "leftfold/storage/reading.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"

namespace leftfold {
namespace limits_page_test {

using named = std::map<std::string, std::string>;

// How the page writes a default.

std::string count(std::uintmax_t of) {
    auto digits = std::to_string(of);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}
std::string bytes(std::size_t of) { return of % (1 << 20) == 0 ? count(of >> 20) + " MiB" : count(of >> 10) + " KiB"; }
std::string time(std::chrono::microseconds of) {
    using namespace std::chrono;
    if (of % minutes{1} == microseconds{0}) return count(static_cast<std::size_t>(of / minutes{1})) + " min";
    if (of % seconds{1} == microseconds{0}) return count(static_cast<std::size_t>(of / seconds{1})) + " s";
    return count(static_cast<std::size_t>(of / milliseconds{1})) + " ms";
}

void add_storage(named& all) {
    const store_limits store;
    all["store_limits::event_bytes"] = bytes(store.event_bytes);
    all["store_limits::batch_events"] = count(store.batch_events);
    all["store_limits::header_bytes"] = bytes(store.header_bytes);
    all["store_limits::queue_appends"] = count(store.queue_appends);
    all["store_limits::queue_bytes"] = bytes(store.queue_bytes);
    all["store_limits::group_events"] = count(store.group_events);
    all["store_limits::group_bytes"] = bytes(store.group_bytes);
    all["store_limits::conflict_events"] = count(store.conflict_events);
    all["store_limits::remembered_heads_bytes"] = bytes(store.remembered_heads_bytes);
    all["store_limits::resolve_attempts"] = count(static_cast<std::size_t>(store.resolve_attempts));
    all["store_limits::max_clock_jump"] = time(store.max_clock_jump);
    all["store_limits::max_clock_ahead"] = time(store.max_clock_ahead);
    all["store_limits::as_of_wait"] = time(store.as_of_wait);
    all["stream_key_bytes_max"] = count(stream_key_bytes_max);
    all["category_bytes_max"] = count(category_bytes_max);
    all["event_type_bytes_max"] = count(event_type_bytes_max);
    all["store_name_bytes_max"] = count(store_name_bytes_max);
    all["partitions_max"] = count(partitions_max);
    all["fork_depth_max"] = count(fork_depth_max);
    all["position_token::places_max"] = count(position_token::places_max);
    all["stream_read::count"] = count(stream_read{}.count);
    all["page_limits::events"] = count(page_limits{}.events);
    all["page_limits::bytes"] = bytes(page_limits{}.bytes);
    all["page_limits::scanned"] = count(page_limits{}.scanned);
    all["sqlite_options::wal_pages"] = count(static_cast<std::size_t>(sqlite_options{}.wal_pages));
    all["sqlite_options::idle_readers"] = count(sqlite_options{}.idle_readers);
    all["verify_options::damages"] = count(verify_options{}.damages);
    const control_limits control;
    all["control_limits::line_bytes"] = bytes(control.line_bytes);
    all["control_limits::clients"] = count(control.clients);
    all["control_limits::idle"] = time(control.idle);
}

void add_framework(named& all) {
    const repository_options repository;
    all["member_path::parts_max"] = count(member_path::parts_max);
    all["repository_options::attempts_max"] = count(static_cast<std::size_t>(repository.attempts_max));
    all["repository_options::deadline"] = time(repository.deadline);
    all["repository_options::resident_bytes"] = count(repository.resident_bytes);
    all["snapshot_policy::every"] = count(repository.snapshots.every);
    all["snapshot_policy::spacing"] = count(repository.snapshots.spacing);
    const auto refold = repository.snapshots.refold_every;
    all["snapshot_policy::refold_every"] = refold ? count(*refold) : "by build";
    all["decode_limits::depth_max"] = count(decode_limits{}.depth_max);
    all["struct_members_max"] = count(detail::struct_members_max);
    all["event_registry::steps_max"] = count(event_registry::steps_max);
}

void add_projections(named& all) {
    const projection_options projection;
    all["flush_options::events"] = count(projection.flush.events);
    all["flush_options::rows"] = count(projection.flush.rows);
    all["flush_options::cached_rows"] = count(projection.flush.cached_rows);
    all["batch_options::events"] = count(projection.batch.events);
    all["batch_options::bytes"] = bytes(projection.batch.bytes);
    all["batch_options::ahead"] = count(projection.batch.ahead);
    all["prefetch_keys_max"] = count(prefetch_keys_max);
    all["replay_copies::at_most"] = count(replay_copies{}.at_most);
    all["replay_options::sorted_events_max"] = count(replay_options{}.sorted_events_max);
    all["rebuild_options::listed_max"] = count(rebuild_options{}.listed_max);
    all["verify_projection_options::drifts_max"] = count(verify_projection_options{}.drifts_max);
    all["live_options::events_max"] = count(live_options{}.events_max);
    all["live_options::bytes_max"] = bytes(live_options{}.bytes_max);
    all["retry_options::count"] = count(static_cast<std::size_t>(projection.retries.count));
    all["retry_options::first_wait"] = time(projection.retries.first_wait);
    all["retry_options::longest_wait"] = time(projection.retries.longest_wait);
    all["projection_options::parked_max"] = count(projection.parked_max);
    all["projection_options::as_of_wait"] = time(projection.as_of_wait);
    all["projection_options::lanes_at_once"] = count(projection.lanes_at_once);
    all["engine_options::longest_rest"] = time(engine_options{}.longest_rest);
    all["order_by_bytes_max"] = count(order_by_bytes_max);
    const supervision_options supervision;
    all["supervision_options::restarts"] = count(static_cast<std::size_t>(supervision.restarts));
    all["supervision_options::first_wait"] = time(supervision.first_wait);
    all["supervision_options::longest_wait"] = time(supervision.longest_wait);
    all["supervision_options::stalled_after"] = time(supervision.stalled_after);
    const process_options process;
    all["process_options::commands_max"] = count(process.commands_max);
    all["process_options::instances_max"] = count(process.instances_max);
    all["process_options::deadlines_max"] = count(process.deadlines_max);
    all["reactor_options::unsaved_max"] = count(reactor_options{}.unsaved_max);
    all["wait_options::at_most"] = time(wait_options{}.at_most);
    all["change_feed_options::page_changes"] = count(change_feed_options{}.page_changes);
    all["change_tap_options::held_changes"] = count(change_tap_options{}.held_changes);
    all["scan_options::limit"] = count(scan_options{}.limit);
}

named every_limit() {
    named all;
    add_storage(all);
    add_framework(all);
    add_projections(all);
    return all;
}

std::string text_of(const std::string& path) {
    std::ifstream in(std::string(LEFTFOLD_SOURCE_DIR) + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The members of a struct, by name, as its header has them.
std::set<std::string> members(const std::string& path, const std::string& name) {
    const auto header = text_of(path);
    const auto from = header.find("struct " + name + " {");
    EXPECT_NE(from, std::string::npos) << name << " is not in " << path;
    if (from == std::string::npos) return {};
    const auto body = header.substr(from, header.find("\n};", from) - from);
    static const std::regex member(R"(\n    [a-z][\w:<>]* (\w+)( =|\{))");
    std::set<std::string> found;
    for (std::sregex_iterator each(body.begin(), body.end(), member); each != std::sregex_iterator(); ++each)
        found.insert(name + "::" + (*each)[1].str());
    EXPECT_FALSE(found.empty()) << name << " has no members that were recognised";
    return found;
}

TEST(limits_page, gives_every_limit_its_default) {
    static const std::regex row(R"(\| `([\w:]+)` \| ([^|]+) \|)");
    const auto page = text_of("docs/limits.md");
    named written;
    for (std::sregex_iterator each(page.begin(), page.end(), row); each != std::sregex_iterator(); ++each)
        written[(*each)[1].str()] = (*each)[2].str();
    EXPECT_EQ(written, every_limit());
}

TEST(limits_page, leaves_no_limit_of_the_headers_out) {
    const auto known = every_limit();
    const std::vector<std::pair<std::string, std::string>> structs{
        {"storage/include/leftfold/storage/limits.hpp", "store_limits"},
        {"storage/include/leftfold/storage/reading.hpp", "page_limits"},
        {"framework/include/leftfold/framework/repository_options.hpp", "snapshot_policy"},
        {"framework/include/leftfold/framework/decode_limits.hpp", "decode_limits"},
        {"projections/include/leftfold/projections/projection_options.hpp", "flush_options"},
        {"projections/include/leftfold/projections/projection_options.hpp", "batch_options"},
        {"projections/include/leftfold/projections/projection_options.hpp", "retry_options"},
        {"projections/include/leftfold/projections/waiting.hpp", "wait_options"},
    };
    for (const auto& [path, name] : structs) {
        for (const auto& member : members(path, name)) {
            if (member == "page_limits::up_to") continue;  // where to stop, and no bound on work
            if (member == "wait_options::late") continue;  // what to do then
            EXPECT_TRUE(known.contains(member)) << "write " << member << " into docs/limits.md, and into this test";
        }
    }
}

}  // namespace limits_page_test
}  // namespace leftfold
