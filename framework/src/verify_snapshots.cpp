// Kept snapshots against the events that they stand for.
#include <algorithm>
#include <random>
#include <set>

#include "leftfold/framework/codec_error.hpp"
#include "leftfold/framework/detail/repository_core.hpp"
#include "snapshot_keeper.hpp"

namespace leftfold::inline v0::detail {
namespace {

/// Keeps each of what it is given, or a sample of a fixed size in which each has the same chance.
class stream_sample {
public:
    stream_sample(std::size_t size_max, std::uint64_t seed) : size_max_(size_max), random_(seed) {}

    void offer(std::string_view key) {
        ++offered_;
        if (size_max_ == 0 || keys_.size() < size_max_) {
            keys_.emplace_back(key);
        } else if (const auto place = random_() % offered_; place < size_max_) {
            keys_[place] = key;
        }
    }
    const std::vector<std::string>& keys() const { return keys_; }

private:
    std::size_t size_max_;
    std::mt19937_64 random_;
    std::uint64_t offered_ = 0;
    std::vector<std::string> keys_;
};

}  // namespace

snapshot_report repository_core::verify_snapshots(subject& folded, const snapshot_check_options& options) {
    snapshot_report report;
    if (!keeper_) return report;
    stream_sample sample{options.streams_max, options.seed};
    const event_filter of_category{.categories = {type_.category}};
    std::vector<std::string> begun;  // streams whose first event the page has
    for (std::uint32_t i = 0; i < store_.partitions(); ++i) {
        const partition_id partition{i};
        const page_limits page{.up_to = store_.head_of(partition).at};
        for (page_end end; !end.at_end && end.scanned_to < page.up_to;) {
            begun.clear();
            end = store_.read_partition(partition, end.scanned_to, page, of_category, payloads::skip,
                                        [&](const event_view& event) {
                                            if (event.version == version{1}) begun.emplace_back(event.key);
                                            return true;
                                        });
            for (const auto& key : begun)
                if (keeper_->has_any(stream(key))) sample.offer(key);
        }
    }
    for (const auto& key : sample.keys()) verify_stream(folded, stream(key), report);
    return report;
}

void repository_core::verify_stream(subject& folded, const stream_id& stream, snapshot_report& report) {
    ++report.streams;
    fold_end end{.position = {store_.partition_of(stream), {}}};
    folded.reset();
    for (const snapshot& kept : keeper_->all_of(stream)) {
        if (!keeper_->matches_log(kept)) {
            ++report.outdated;
            continue;
        }
        ++report.checked;
        end = fold_from(end, folded, stream, {.at_most = kept.version}, nullptr);
        const auto from_bytes = folded.make_new();
        try {
            from_bytes->read_state(kept.state);
        } catch (const codec_error&) {
            report.wrong.push_back({stream, kept.version});
            continue;
        }
        if (auto found = from_bytes->differences(folded); !found.empty())
            report.wrong.push_back({stream, kept.version, std::move(found)});
    }
}

}  // namespace leftfold::inline v0::detail
