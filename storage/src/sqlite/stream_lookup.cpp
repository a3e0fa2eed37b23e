#include "sqlite/stream_lookup.hpp"

#include <algorithm>

namespace leftfold::inline v0::sqlite {

namespace {

constexpr auto version_max = std::numeric_limits<std::int64_t>::max();

/// Rows that search_all() reads at a time.
constexpr std::size_t rows_at_a_time = 512;

void append(std::vector<run_entry>& to, const std::vector<run_entry>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

bool has_version(const std::vector<run_entry>& entries, std::int64_t version) {
    return std::ranges::any_of(entries, [&](const run_entry& entry) { return entry.version == version; });
}

/// Whether sorted entries hold each version from `from` on once.
bool are_dense(const std::vector<run_entry>& entries, std::int64_t from) {
    for (const auto& entry : entries) {
        if (entry.version != from++) return false;
    }
    return true;
}

}  // namespace

/// The key's entry with the greatest version among those of the newest place that has any.
std::optional<run_entry> stream_lookup::newest() {
    if (at_.newest) return at_.newest;
    for (auto run = search_.runs(); run-- > 0;) {
        if (auto found = search_.find_last(run, run_part_kind::streams, at_.key)) return found;
    }
    return std::nullopt;
}

std::optional<run_entry> stream_lookup::head() {
    const auto found = newest();
    if (!found) return run_entry{};
    return are_of_stream({*found}) ? found : std::nullopt;
}

/// Runs from the oldest on, until the last version asked for is there. What was looked at is then whole up to some
/// offset.
std::vector<run_entry> stream_lookup::collect_from_oldest(std::int64_t from, std::int64_t to) {
    std::vector<run_entry> found;
    for (std::size_t run = 0; run < search_.runs(); ++run) {
        append(found, search_.find(run, run_part_kind::streams, at_.key, from, to));
        if (has_version(found, to)) return found;
    }
    append(found, at_.recent);
    return found;
}

/// Recent entries and runs from the newest back, until the first version asked for is there. What was looked at is then
/// whole from some offset on.
std::vector<run_entry> stream_lookup::collect_from_newest(std::int64_t from, std::int64_t to) {
    auto found = at_.recent;
    for (auto run = search_.runs(); run-- > 0 && !has_version(found, from);)
        append(found, search_.find(run, run_part_kind::streams, at_.key, from, to));
    return found;
}

std::optional<std::vector<run_entry>> stream_lookup::find(const version_range& range) {
    auto from = range.from;
    auto to = range.last();
    std::optional<run_entry> top;
    if (range.way == direction::backward) {
        top = newest();
        if (!top) return std::vector<run_entry>{};
        to = std::min(range.from, top->version);
        from = range.first_below(to);
        if (to < 1) return std::vector<run_entry>{};
    }
    auto found = from == 1 ? collect_from_oldest(from, to) : collect_from_newest(from, to);
    if (found.empty()) return found;
    if (!std::ranges::is_sorted(found)) std::ranges::sort(found);  // as they are where they came from one place
    // Going back, the upper end was taken from the newest entry: when that is the stream's, so is the end.
    const bool ends_well = !top || (to < top->version ? found.back().version == to : found.back() == *top);
    if (!ends_well || !are_dense(found, from)) return std::nullopt;
    // From the first version on, all was looked at from the log's start: another stream's events would bring a second
    // version 1 along, so one row is enough. Not so in a fork, where the other one may have begun before the cut.
    const bool is_whole = from == 1 && at_.snapshot->begin_after == offset{};
    if (!are_of_stream(is_whole ? std::vector{found.front()} : std::vector{found.front(), found.back()}))
        return std::nullopt;
    return found;
}

std::vector<run_entry> stream_lookup::search_all() {
    std::vector<run_entry> all = at_.recent;
    for (std::size_t run = 0; run < search_.runs(); ++run)
        append(all, search_.find(run, run_part_kind::streams, at_.key, 0, version_max));
    std::ranges::sort(all, {}, &run_entry::offset);
    std::vector<run_entry> ours;
    for (std::size_t begin = 0; begin < all.size(); begin += rows_at_a_time) {
        std::vector<offset> offsets;
        for (auto i = begin; i < std::min(all.size(), begin + rows_at_a_time); ++i) offsets.emplace_back(all[i].offset);
        auto entry = all.begin() + static_cast<std::ptrdiff_t>(begin);
        log_.read_at(partition_, offsets, payloads::skip, [&](const event_view& event) {
            if (event.category == stream_.category() && event.key == stream_.key()) ours.push_back(*entry);
            ++entry;
            return true;
        });
    }
    return ours;
}

bool stream_lookup::are_of_stream(std::vector<run_entry> entries) {
    if (entries.front() == entries.back()) entries.resize(1);
    std::vector<offset> offsets;
    offsets.reserve(entries.size());
    for (const auto& entry : entries) offsets.emplace_back(entry.offset);
    std::size_t ours = 0;
    auto entry = entries.begin();
    log_.read_at(partition_, offsets, payloads::skip, [&](const event_view& event) {
        const auto expected = entry++;
        if (event.category == stream_.category() && event.key == stream_.key() &&
            event.version.value() == expected->version)
            ++ours;
        return true;
    });
    return ours == entries.size();
}

}  // namespace leftfold::inline v0::sqlite
