#include "leftfold/storage/verify.hpp"

#include <unordered_map>

#include "head_cache.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/stream_index.hpp"

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
        from_start_ = after == offset{};
        at_ = after;
        while (at_ < to && !given_up()) {
            read_page(to);
            if (options_.progress) options_.progress(report_.events, all);
        }
        if (from_start_ && !given_up()) check_heads();
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
        const bool starts_here = last == 0 && !from_start_;
        if (!starts_here && !broken_ && event.version.value() != last + 1)
            found(event.at, to_string(stream) + " goes from version " + std::to_string(last) + " to " +
                                std::to_string(event.version.value()));
        last = event.version.value();
        if (last == 1) first_of_stream_.push_back(event.at);
    }

    /// Asks the index for the last version of each stream.
    void check_heads() {
        for (const auto& at : first_of_stream_) {
            store_.read_at(partition_, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
                const stream_id stream{std::string(event.category), std::string(event.key)};
                const auto head = store_.head(stream);
                const auto last = streams_[stream_id_hash{}(stream)];
                if (!head || head->value() < last)
                    found(at, "the index has " + to_string(stream) + " end at version " +
                                  std::to_string(head ? head->value() : 0) + " and not at " + std::to_string(last));
                return true;
            });
            if (given_up()) return;
        }
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
    bool from_start_ = true;
    bool broken_ = false;
    std::unordered_map<std::size_t, std::int64_t> streams_;  // hash of a stream → its last version
    std::vector<offset> first_of_stream_;
};

/// Compares where an earlier verification ended with what is stored there now.
bool still_there(event_store& store, partition_id partition, offset at, const chain_hash& chain) {
    if (at == offset{}) return true;
    if (store.head_of(partition).at < at) return false;
    bool same = false;
    store.read_at(partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
        same = event.integrity.chain == chain;
        return true;
    });
    return same;
}

}  // namespace

verify_report verify(event_store& store, verify_options options) {
    verify_report report;
    const auto heads = store.heads();
    const auto since = options.since.value_or(checkpoint{});
    if (options.since && since.store != store.id())
        throw error(errc::invalid_argument, "verifying on from a verification of another store");
    std::int64_t all = 0;
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        all += heads.at(partition_id(p)).value() - since.consumed.at(partition_id(p)).value();
    report.reached = {.store = store.id(), .epoch = store.epoch(), .consumed = heads, .chains = {}};
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const partition_id partition(p);
        auto after = since.consumed.at(partition);
        auto chain = p < since.chains.size() ? since.chains[p] : chain_hash{};
        if (!still_there(store, partition, after, chain)) {
            report.damages.push_back({{partition, after}, "what was verified up to here before is not there any more"});
            after = {};
            chain = {};
        }
        report.reached.chains.push_back(
            partition_check(store, partition, options, report).run(after, chain, heads.at(partition), all));
    }
    return report;
}

}  // namespace leftfold::inline v0
