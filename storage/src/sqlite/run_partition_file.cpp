// How a partition's index opens its file, keeps up with the log, and starts again when the file is no good.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "leftfold/storage/observer.hpp"
#include "sqlite/run_partition.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

run_salt make_salt(random_source& random) {
    run_salt salt;
    for (std::size_t i = 0; i < salt.size(); i += 8) {
        const auto word = random.next();
        for (std::size_t byte = 0; byte < 8; ++byte) salt[i + byte] = static_cast<std::uint8_t>(word >> (8 * byte));
    }
    return salt;
}

bool are_same(const run_list& a, const run_list& b) {
    return std::ranges::equal(
        a, b, {}, [](const auto& run) { return run->row.run; }, [](const auto& run) { return run->row.run; });
}

}  // namespace

void run_partition::warn(std::string_view doing, const error& failure) {
    if (!options_.told) return;
    options_.told->on_warning(
        fmt::format("{} the index of partition {}: {}", doing, partition_.value(), failure.what()));
}

void run_partition::be_loaded() {
    {
        const std::shared_lock lock(mutex_);
        if (loaded_) return;
    }
    const std::lock_guard working(work_);
    {
        const std::shared_lock lock(mutex_);
        if (loaded_) return;
    }
    load();
}

/// Opens the file and reads from the log what it lacks. While nothing is loaded, nobody else touches the rest.
void run_partition::load() {
    {
        const std::unique_lock lock(mutex_);
        loaded_ = false;
    }
    if (writes()) {
        open_or_do_without();
    } else {
        begin_after(read_file());
    }
    catch_up(std::min(options_.follow_to, log_.head(partition_).at));
    const std::unique_lock lock(mutex_);
    loaded_ = true;
}

/// Throws the file away and builds the index from the log.
void run_partition::make_again() {
    {
        const std::unique_lock lock(mutex_);
        loaded_ = false;
    }
    set_.reset();
    if (writes()) {
        remove_run_file(path_, options_.file.vfs);
    } else {
        file_is_bad_ = true;
    }
    load();
}

/// On a full disk nothing can be appended, but everything can be read: the index is made in memory then, and step()
/// tries again to make the file when there is something to write.
void run_partition::open_or_do_without() {
    try {
        open_for_writing();
    } catch (const error& failure) {
        if (failure.kind() != errc::disk_full) throw;
        warn("opening", failure);
        set_.reset();
        begin_after({.salt = make_salt(*options_.random), .begin_after = options_.file.begin_after});
    }
}

void run_partition::open_for_writing() {
    for (int attempt = 0;; ++attempt) {
        set_.reset();
        auto file = options_.file;
        file.salt = make_salt(*options_.random);
        try {
            set_ = std::make_unique<run_set>(path_, file, options_.merging, options_.filter_bytes);
        } catch (const error& failure) {
            // Everything in the file can be made again, so whatever is wrong with it, a new one is tried once.
            if (attempt > 0 || failure.kind() == errc::locked || failure.kind() == errc::disk_full) throw;
            warn("making again", failure);
        }
        if (set_ && belongs_to_log(set_->live())) break;
        set_.reset();
        remove_run_file(path_, options_.file.vfs);
    }
    file_is_bad_ = false;
    begin_after({.salt = set_->salt(), .runs = set_->live(), .begin_after = options_.file.begin_after});
}

/// Returns what the file holds for a reader: no runs when there is no file, or one that is of no use.
run_snapshot run_partition::read_file() {
    const run_snapshot none{.begin_after = options_.file.begin_after};
    auto found = none;
    if (file_is_bad_) return none;
    try {
        run_file file(path_, options_.file);
        const transaction reading(file.database(), transaction::kind::deferred);
        found.salt = file.salt();
        const bool known = snapshot_ && snapshot_->salt == found.salt;
        found.runs = load_live_runs(file, known ? snapshot_->runs : run_list{});
        bound_filters(found.runs, options_.filter_bytes);
    } catch (const error& failure) {
        if (failure.kind() != errc::not_found) warn("reading", failure);
        return none;
    }
    return belongs_to_log(found.runs) ? found : none;
}

/// Whether the log has, where the runs end, the history that they were made from.
bool run_partition::belongs_to_log(const run_list& runs) {
    if (runs.empty()) return true;
    const auto& newest = runs.back()->row;
    if (log_.head(partition_).at < newest.to) return false;
    bool same = false;
    const offset last = newest.to;
    log_.read_at(partition_, {&last, 1}, payloads::skip, [&](const event_view& event) {
        same = event.integrity.chain == newest.chain;
        return false;
    });
    return same;
}

/// Begins with the snapshot and nothing in memory.
void run_partition::begin_after(run_snapshot snapshot) {
    snapshot.readers = std::make_shared<run_readers>(path_, options_.file, options_.idle_readers);
    hasher_.emplace(snapshot.salt, options_.hash_bits);
    tables_.clear();
    tables_.push_back(std::make_shared<recent_entries>(snapshot.to()));
    snapshot_ = std::make_shared<const run_snapshot>(std::move(snapshot));
}

/// Reads the log up to an offset. An owner writes runs on the way, so that memory stays bounded.
void run_partition::catch_up(offset to) {
    while (tables_.back()->to() < to) {
        read_up_to(std::min(to, tables_.back()->to().plus(static_cast<std::int64_t>(options_.recent_events))));
        try {
            while (set_ && is_unwritten()) {
                set_->flush(*tables_.front());
                publish();
            }
        } catch (const error& failure) {
            warn("writing", failure);  // it stays in memory; a later step tries again
        }
    }
}

/// Shows look-ups the runs as they are now, and drops from memory what is in them.
void run_partition::publish() {
    auto shown = std::make_shared<run_snapshot>(*snapshot_);
    shown->runs = set_->live();
    const std::unique_lock lock(mutex_);
    snapshot_ = std::move(shown);
    while (is_unwritten() && tables_.front()->to() <= snapshot_->to()) tables_.pop_front();
}

/// For a reader: looks at the file again, which the owner may have changed.
void run_partition::refresh() {
    auto found = read_file();
    const std::unique_lock lock(mutex_);
    const auto after = tables_.front()->after();
    if (found.salt != snapshot_->salt || found.to() < after || found.to() > tables_.back()->to()) {
        begin_after(std::move(found));
        return;
    }
    found.readers = snapshot_->readers;
    snapshot_ = std::make_shared<const run_snapshot>(std::move(found));
    while (is_unwritten() && tables_.front()->to() <= snapshot_->to()) tables_.pop_front();
}

/// For a reader: takes in what the log has beyond the index.
void run_partition::follow() {
    const auto is_there = [&](offset to) {
        const std::shared_lock lock(mutex_);
        return loaded_ && tables_.back()->to() >= to;
    };
    if (is_there(options_.follow_to)) return;
    const auto head = std::min(options_.follow_to, log_.head(partition_).at);
    if (is_there(head)) return;
    const std::lock_guard working(work_);
    bool filled = false;
    do {
        {
            const std::unique_lock lock(mutex_);
            if (!loaded_) return;
            const auto last = tables_.back();
            read_up_to(std::min(head, last->after().plus(static_cast<std::int64_t>(options_.recent_events))));
            filled = tables_.back() != last;
        }
        if (filled) refresh();  // by now the owner has perhaps written these entries to a run
    } while (filled);
}

/// After an answer that stumbled over rows that are not there: finds out whether they were merged meanwhile, and else
/// does without the file.
void run_partition::start_again(const std::shared_ptr<const run_snapshot>& outdated) {
    const std::lock_guard working(work_);
    {
        const std::shared_lock lock(mutex_);
        if (snapshot_ != outdated) return;
    }
    if (!writes()) {
        refresh();
        if (!are_same(snapshot_->runs, outdated->runs) || snapshot_->salt != outdated->salt) return;
    }
    warn("making again", error(errc::corrupt, "looking up events"));
    make_again();
}

void run_partition::take(std::span<const event_view> events) {
    std::array<recent_entries::keys, 64> keys;
    while (!events.empty()) {
        const auto some = events.first(std::min(events.size(), keys.size()));
        for (std::size_t i = 0; i != some.size(); ++i) {
            keys[i] = {hasher_->of_stream(some[i].category, some[i].key), hasher_->of_id(some[i].id)};
            tables_.back()->expect(keys[i]);
        }
        for (std::size_t i = 0; i != some.size(); ++i) take(some[i], keys[i]);
        events = events.subspan(some.size());
    }
}

void run_partition::take(const event_view& event, const recent_entries::keys& of) {
    auto& newest = *tables_.back();
    if (event.at <= newest.to()) return;
    if (event.at != newest.to().next()) {
        throw error(errc::corrupt, fmt::format("indexing partition {}: offset {} follows {}", partition_.value(),
                                               event.at.value(), newest.to().value()));
    }
    newest.add(of, event.version, event.integrity.chain);
    if (newest.size() >= options_.recent_events) tables_.push_back(std::make_shared<recent_entries>(newest.to()));
}

/// Takes in the log's events up to an offset that it has.
void run_partition::read_up_to(offset to) {
    page_limits limits;
    limits.up_to = to;
    while (tables_.back()->to() < to) {
        const auto before = tables_.back()->to();
        log_.read(partition_, before, limits, {}, payloads::skip, [&](const event_view& event) {
            take({&event, 1});
            return true;
        });
        if (tables_.back()->to() == before) {
            throw error(errc::corrupt, fmt::format("indexing partition {}: the log ends at offset {}, not {}",
                                                   partition_.value(), before.value(), to.value()));
        }
    }
}

}  // namespace leftfold::inline v0::sqlite
