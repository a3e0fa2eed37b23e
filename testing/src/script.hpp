#pragma once

#include <map>
#include <vector>

#include "check.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

// Whom the cases tell of, and where most of them look.
inline const stream_id alice("account", "alice");
inline const stream_id bob("account", "bob");
inline constexpr partition_id p0{};

/// An event that a case wants in the log.
struct scripted {
    stream_id stream;
    event_data data;
};

/// A scripted event without frills.
scripted event_of(std::string key, std::string payload = "{}", std::string type = "test.happened");

/// Does what the partition writer does, by hand: lays out groups with dense offsets and versions, rising times, chain
/// and checksums, and remembers what it laid out.
class script {
public:
    explicit script(partition_id partition = {}) : partition_(partition) {}

    /// Lays out a group after the fence's head. Not remembered until stored().
    std::vector<recorded_event> lay_out(const fence& held, const std::vector<scripted>& events);

    /// Lays out a group and appends it, which must succeed.
    void append(partition_log& log, fence& held, const std::vector<scripted>& events);

    /// What append() stored, in offset order: what a reader must find.
    const std::vector<recorded_event>& stored() const { return stored_; }

private:
    partition_id partition_;
    chain_hasher hasher_;
    std::map<stream_id, version> heads_;
    std::vector<recorded_event> stored_;
};

/// Borrows events as a group.
std::vector<event_view> views_of(const std::vector<recorded_event>& events);

/// Reads a partition to its end, page by page.
std::vector<recorded_event> read_all_of(partition_log& log, partition_id partition, const page_limits& limits = {},
                                        const event_filter& filter = {}, payloads wanted = payloads::read);

/// Fails unless both hold the same events, and says where they first differ.
void expect_events(std::string_view what, const std::vector<recorded_event>& got,
                   const std::vector<recorded_event>& wanted);

/// The ports of a store under test, closed and opened again where the variant says so.
class ports {
public:
    ports(engine& subject, variant how, std::uint32_t partitions = 1)
        : subject_(subject), how_(how), parts_(subject.make(partitions)) {}

    partition_log& log() { return *parts_.log; }
    stream_index& index() { return *parts_.index; }
    store_parts& parts() { return parts_; }

    /// The place between writing and reading: opens the store again, or does nothing.
    void between() {
        if (how_ == variant::reopened) reopen();
    }

private:
    void reopen();

    engine& subject_;
    variant how_;
    store_parts parts_;
};

}  // namespace leftfold::inline v0::testing
