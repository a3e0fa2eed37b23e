#include "leftfold/storage/verify.hpp"

#include <unordered_map>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "stream_id_hash.hpp"

namespace leftfold::inline v0 {

namespace {

/// Checks the events of one partition, one after another.
class partition_check {
public:
    partition_check(event_store& store, partition_id partition, verify_options& options, verify_report& report)
        : store_(store),
          partition_(partition),
          options_(options),
          report_(report),
          found_before_(report.damages.size()) {}

    /// Returns the chain hash at `to`.
    chain_hash run(offset after, chain_hash before, offset to, std::int64_t all) {
        chain_ = before;
        began_after_ = after;
        at_ = after;
        while (at_ < to && !given_up()) {
            read_page(to);
            if (options_.progress) options_.progress(report_.events, all);
        }
        if (!given_up()) check_streams();
        return chain_;
    }

private:
    bool given_up() const { return report_.damages.size() - found_before_ >= options_.damages; }

    void found(offset at, std::string what) { report_.damages.push_back({{partition_, at}, std::move(what)}); }

    void read_page(offset to) {
        try {
            const auto end = store_.read_partition(partition_, at_, {.events = 4'096, .up_to = to}, {}, payloads::read,
                                                   [&](const event_view& event) {
                                                       check(event);
                                                       return true;
                                                   });
            if (end.at_end && at_ < to) {
                found(at_.next(), "the partition ends here, before its head at " + std::to_string(to.value()));
                at_ = to;
            }
        } catch (const error& e) {
            if (e.kind() != errc::corrupt) throw;
            // The reader stopped at the event after the last good one. Its neighbours are still worth checking.
            at_ = at_.next();
            found(at_, e.what());
            broken_ = true;
        }
    }

    void check(const event_view& event) {
        const auto expected = hasher_.next(chain_, event);
        if (!broken_ && expected != event.integrity.chain) found(event.at, "the chain of hashes breaks here");
        if (!broken_ && event.recorded <= recorded_) found(event.at, "the recorded_at does not rise");
        check_version(event);
        broken_ = false;
        chain_ = event.integrity.chain;
        recorded_ = event.recorded;
        at_ = event.at;
        ++report_.events;
    }

    void check_version(const event_view& event) {
        const stream_id stream{std::string(event.category), std::string(event.key)};
        auto& last = streams_[stream_id_hash{}(stream)];
        const auto is_met = last == 0;
        if (is_met) first_met_.push_back(event.at);
        const auto began_earlier = is_met && began_after_ != offset{};  // check_streams looks at what came before
        if (!began_earlier && !broken_ && event.version.value() != last + 1)
            found(event.at, to_string(stream) + " goes from version " + std::to_string(last) + " to " +
                                std::to_string(event.version.value()));
        last = event.version.value();
    }

    /// Asks the index about each stream that was met: for its last version, and whether a stream that began before this
    /// run goes on where it stood.
    void check_streams() {
        for (const auto& at : first_met_) {
            try {
                store_.read_at(partition_, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
                    check_stream(event);
                    return true;
                });
            } catch (const error& e) {
                if (e.kind() != errc::corrupt) throw;
                found(at, e.what());
            }
            if (given_up()) return;
        }
    }

    void check_stream(const event_view& event) {
        const stream_id stream{std::string(event.category), std::string(event.key)};
        if (began_after_ != offset{} && event.version.value() > 1) check_before(event, stream);
        const auto head = store_.head(stream);
        const auto last = streams_[stream_id_hash{}(stream)];
        if (!head || head->value() < last)
            found(event.at, "the index has " + to_string(stream) + " end at version " +
                                std::to_string(head ? head->value() : 0) + " and not at " + std::to_string(last));
    }

    void check_before(const event_view& event, const stream_id& stream) {
        const version wanted(event.version.value() - 1);
        bool is_there = false;
        store_.visit_stream(stream, {.from = wanted, .count = 1, .wanted = payloads::skip},
                            [&](const event_view& earlier) {
                                is_there = earlier.version == wanted && earlier.at <= began_after_;
                                return true;
                            });
        if (!is_there)
            found(event.at, to_string(stream) + " goes on with version " + std::to_string(event.version.value()) +
                                ", and the one before it is not there");
    }

    event_store& store_;
    const partition_id partition_;
    verify_options& options_;
    verify_report& report_;
    const std::size_t found_before_;
    chain_hasher hasher_;
    chain_hash chain_{};
    recorded_at recorded_ = recorded_at::min();
    offset at_{};
    offset began_after_{};
    bool broken_ = false;
    std::unordered_map<std::size_t, std::int64_t> streams_;  // hash of a stream → its last version
    std::vector<offset> first_met_;                          // of each stream, the first event of this run
};

/// Compares the chain hash at a place that the partition is known to have reached with what is stored there now.
bool still_there(event_store& store, partition_id partition, const checkpoint& known) {
    const auto at = known.consumed.at(partition);
    if (at == offset{}) return true;
    if (store.head_of(partition).at < at) return false;
    const auto chain = partition.value() < known.chains.size() ? known.chains[partition.value()] : chain_hash{};
    bool same = false;
    try {
        store.read_at(partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
            same = event.integrity.chain == chain;
            return true;
        });
    } catch (const error& e) {
        if (e.kind() != errc::corrupt) throw;
    }
    return same;
}

bool check_known(event_store& store, partition_id partition, const checkpoint& known, verify_report& report) {
    if (still_there(store, partition, known)) return true;
    report.damages.push_back({{partition, known.consumed.at(partition)},
                              "what was verified or noted up to here before is not there any more"});
    return false;
}

void check_store(const event_store& store, const checkpoint& known) {
    if (known.store != store.id())
        throw error(errc::invalid_argument, "comparing with a place of another store, " + to_string(known.store));
}

}  // namespace

verify_report verify(event_store& store, verify_options options) {
    if (options.damages == 0)
        throw error(errc::invalid_argument, "verifying a store with no room in the report for what is found");
    verify_report report;
    const auto heads = store.heads();
    const auto since = options.since.value_or(checkpoint{.store = store.id()});
    check_store(store, since);
    for (const auto& known : options.known) check_store(store, known);
    std::int64_t all = 0;
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        all += heads.at(partition_id(p)).value() - since.consumed.at(partition_id(p)).value();
    report.reached = {.store = store.id(), .epoch = store.epoch(), .consumed = heads, .chains = {}};
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const partition_id partition(p);
        for (const auto& known : options.known) check_known(store, partition, known, report);
        auto after = since.consumed.at(partition);
        auto chain = p < since.chains.size() ? since.chains[p] : chain_hash{};
        if (!check_known(store, partition, since, report)) {
            after = {};
            chain = {};
        }
        report.reached.chains.push_back(
            partition_check(store, partition, options, report).run(after, chain, heads.at(partition), all));
    }
    return report;
}

}  // namespace leftfold::inline v0
