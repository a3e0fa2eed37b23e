#include "sqlite/run_partition.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

/// How often an answer is begun again because the file changed under it.
constexpr int attempts_max = 16;

constexpr auto greatest_version = std::numeric_limits<std::int64_t>::max();

/// Of all entries of a stream, in ascending order, those in the range.
std::vector<run_entry> within(std::vector<run_entry> all, const version_range& range) {
    const auto version_of = &run_entry::version;
    if (range.way == direction::forward) {
        const auto from = std::ranges::lower_bound(all, range.from, {}, version_of);
        const auto to = std::ranges::upper_bound(all, range.last(), {}, version_of);
        return {from, to};
    }
    const auto to = std::ranges::upper_bound(all, range.from, {}, version_of);
    const auto count = std::min<std::int64_t>(range.count, to - all.begin());
    return {to - count, to};
}

}  // namespace

run_partition::run_partition(partition_log& log, partition_id partition, std::filesystem::path path,
                             run_partition_options options)
    : log_(log), partition_(partition), path_(std::move(path)), options_(std::move(options)) {}

bool run_partition::add(std::span<const event_view> committed) {
    if (committed.empty()) return false;
    // These events are stored. What is wrong with the index is for look-ups to report, which load it first.
    try {
        for (;;) {
            be_loaded();
            const std::unique_lock lock(mutex_);
            if (!loaded_) continue;
            try {
                if (committed.front().at > tables_.back()->to().next()) read_up_to(committed.front().at.plus(-1));
                take(committed);
                return is_unwritten();
            } catch (...) {
                loaded_ = false;
                throw;
            }
        }
    } catch (const error& failure) {
        warn("adding to", failure);
        return false;
    }
}

/// Calls `answer` with where to note the snapshot that it uses, again whenever that turns out to be outdated.
template <class Answer>
auto run_partition::ask(const Answer& answer) {
    for (int attempt = 0;; ++attempt) {
        be_loaded();
        if (!writes()) follow();
        std::shared_ptr<const run_snapshot> used;
        try {
            return answer(used);
        } catch (const index_outdated&) {
            if (attempt == attempts_max) throw;
        }
        start_again(used);
    }
}

key_moment run_partition::look(const stream_id& stream, const version_range& range) {
    const std::shared_lock lock(mutex_);
    if (!loaded_) throw index_outdated(errc::corrupt, "looking up a stream");
    key_moment seen{.snapshot = snapshot_, .key = hasher_->of_stream(stream.category(), stream.key())};
    const auto floor = snapshot_->to();
    for (auto table = tables_.rbegin(); table != tables_.rend() && !seen.newest; ++table)
        seen.newest = (*table)->newest(seen.key, floor);
    if (!seen.newest) return seen;
    auto from = range.from;
    auto to = range.last();
    if (range.way == direction::backward) {
        to = std::min(range.from, seen.newest->version);
        from = range.first_below(to);
    }
    for (const auto& table : tables_) {
        const auto found = table->find(seen.key, from, to, floor);
        seen.recent.insert(seen.recent.end(), found.begin(), found.end());
    }
    return seen;
}

key_moment run_partition::look(const event_id& id) {
    const std::shared_lock lock(mutex_);
    if (!loaded_) throw index_outdated(errc::corrupt, "looking up an event id");
    key_moment seen{.snapshot = snapshot_, .key = hasher_->of_id(id)};
    for (const auto& table : tables_) {
        const auto found = table->find_ids(seen.key, snapshot_->to());
        seen.recent.insert(seen.recent.end(), found.begin(), found.end());
    }
    return seen;
}

std::optional<stream_head> run_partition::head(const stream_id& stream) {
    return ask([&](auto& used) -> std::optional<stream_head> {
        // A range at the far end: what else is in memory does not matter.
        auto seen = look(stream, {.from = greatest_version, .count = 1});
        used = seen.snapshot;
        auto found = stream_lookup(log_, partition_, stream, seen).head();
        if (!found) {
            seen = look(stream, {});
            used = seen.snapshot;
            const auto all = stream_lookup(log_, partition_, stream, seen).search_all();
            found = all.empty() ? run_entry{} : all.back();
        }
        if (found->version == 0) return std::nullopt;
        return stream_head{version(found->version), offset(found->offset)};
    });
}

std::vector<run_entry> run_partition::entries_of(const stream_id& stream, const version_range& range) {
    return ask([&](auto& used) {
        auto seen = look(stream, range);
        used = seen.snapshot;
        if (auto found = stream_lookup(log_, partition_, stream, seen).find(range)) return std::move(*found);
        seen = look(stream, {});
        used = seen.snapshot;
        return within(stream_lookup(log_, partition_, stream, seen).search_all(), range);
    });
}

std::vector<offset> run_partition::find(const stream_id& stream, version from, std::size_t count, direction way) {
    if (count == 0 || (way == direction::backward && from < version{1})) return {};
    const auto wanted = static_cast<std::int64_t>(std::min(count, static_cast<std::size_t>(greatest_version)));
    const auto first = way == direction::forward ? std::max<std::int64_t>(1, from.value()) : from.value();
    const auto entries = entries_of(stream, {.way = way, .from = first, .count = wanted});
    std::vector<offset> offsets;
    offsets.reserve(entries.size());
    for (const auto& entry : entries) offsets.emplace_back(entry.offset);
    if (way == direction::backward) std::ranges::reverse(offsets);
    return offsets;
}

/// Of the entries found by a hash, the one whose event has that id.
std::optional<offset> run_partition::match(const std::vector<run_entry>& found, const event_id& id) {
    for (const auto& entry : found) {
        const offset at(entry.offset);
        bool same = false;
        log_.read_at(partition_, {&at, 1}, payloads::skip, [&](const event_view& event) {
            same = event.id == id;
            return false;
        });
        if (same) return at;
    }
    return std::nullopt;
}

std::optional<offset> run_partition::find_id(const event_id& id) {
    return ask([&](auto& used) -> std::optional<offset> {
        const auto seen = look(id);
        used = seen.snapshot;
        if (const auto at = match(seen.recent, id)) return at;
        run_search search(*seen.snapshot);
        for (auto run = search.runs(); run-- > 0;) {
            if (const auto at = match(search.find(run, run_part_kind::ids, seen.key, 0, 0), id)) return at;
        }
        return std::nullopt;
    });
}

offset run_partition::indexed_to() {
    return ask([&](auto&) {
        const std::shared_lock lock(mutex_);
        if (!loaded_) throw index_outdated(errc::corrupt, "asking how far the index is");
        return tables_.back()->to();
    });
}

void run_partition::rebuild() {
    const std::lock_guard working(work_);
    make_again();
}

run_partition::step_result run_partition::step() {
    const std::lock_guard working(work_);
    std::shared_ptr<recent_entries> oldest;
    {
        const std::shared_lock lock(mutex_);
        if (!loaded_) return step_result::idle;
        if (is_unwritten()) oldest = tables_.front();
        if (!set_ && !oldest) return step_result::idle;
    }
    try {
        if (!set_) {  // there was no space for a file
            load();
            return set_ ? step_result::more : step_result::failed;
        }
        if (oldest) {
            set_->flush(*oldest);
            publish();
            return step_result::more;
        }
        const auto before = set_->live();
        const bool more = set_->step();
        if (set_->live() != before) publish();
        return more ? step_result::more : step_result::idle;
    } catch (const error& failure) {
        warn("writing", failure);
        if (!tells_of_damage(failure)) return step_result::failed;
    }
    try {
        make_again();
        return step_result::more;
    } catch (const error& failure) {
        warn("making again", failure);
        return step_result::failed;
    }
}

std::size_t run_partition::recent() {
    const std::shared_lock lock(mutex_);
    std::size_t events = 0;
    if (!loaded_) return events;
    for (const auto& table : tables_) events += table->size();
    return events;
}

bool run_partition::has_unwritten() {
    const std::shared_lock lock(mutex_);
    return loaded_ && is_unwritten();
}

void run_partition::close() {
    if (!writes()) return;
    if (recent() > options_.unwritten_at_close) {
        {
            const std::unique_lock lock(mutex_);
            if (tables_.back()->size() > 0) tables_.push_back(std::make_shared<recent_entries>(tables_.back()->to()));
        }
        while (has_unwritten() && step() == step_result::more) {
        }
    }
    snapshot_.reset();  // its readers close before the writing connection, which is to be the last
    set_.reset();
}

void run_partition::abandon() {
    // Closing an inherited SQLite handle would delete the parent's WAL: what they hold is left to the child's end.
    static_cast<void>(set_.release());
    static_cast<void>(new std::shared_ptr<const run_snapshot>(std::move(snapshot_)));
}

}  // namespace leftfold::inline v0::sqlite
