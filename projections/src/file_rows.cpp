#include "file_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "deadline.hpp"
#include "leftfold/storage/error.hpp"
#include "model_board.hpp"
#include "sqlite/doorbell.hpp"
#include "sqlite/network_file_system.hpp"

namespace leftfold::inline v0::detail {

file_rows::file_rows(std::filesystem::path database, std::string projection, std::string shape,
                     read_model_options options)
    : database_(std::move(database)),
      projection_(std::move(projection)),
      shape_(std::move(shape)),
      world_(complete(options.store != nullptr ? options.store->world() : environment{})),
      as_of_wait_(options.as_of_wait),
      pool_(database_) {
    sqlite::refuse_network_file_system(existing_file(database_));
    if (options.store != nullptr) store_.emplace(options.store->core());
    const reader_pool::lease reader(pool_);
    check_read_models(reader->connection());
    look();
}

/// Returns the model's checkpoint, or throws when its rows are not to be read by this program.
stored_model file_rows::check(reader_pool::reader& reader) {
    auto found = read_model_row(reader.prepared(select_model), projection_);
    const auto opening = [&] { return fmt::format("reading projection {} in {}", projection_, database_.string()); };
    if (!found) throw error(errc::not_found, opening() + ": it is not there");
    if (found->shape != shape_)
        throw error(errc::stale_model,
                    opening() + ": its events, rows or revision are not those of this program's projection");
    if (store_ && (found->at.store != store_->id() || found->at.epoch != store_->epoch()))
        throw error(errc::stale_model, opening() + ": it was made from another store, or before that was restored");
    return std::move(*found);
}

std::shared_ptr<reader_pool> file_rows::readers_of(std::int64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) {
        generation_readers_ = std::make_shared<reader_pool>(generation_file(database_, projection_, generation));
        generation_ = generation;
    }
    return generation_readers_;
}

/// Calls `work` on a reader of the file that has the live rows, in a transaction.
template <class Work>
void file_rows::at_live(Work work) {
    const auto prepared_in = [](reader_pool::reader& reader) {
        return [&reader](const char* sql) -> sqlite::statement& { return reader.prepared(sql); };
    };
    for (std::int64_t tried = first_generation;;) {
        const reader_pool::lease home(pool_);
        std::optional<sqlite::transaction> together(std::in_place, home->connection(),
                                                    sqlite::transaction::kind::deferred);
        const auto live = read_generations(prepared_in(*home), projection_).live;
        if (live == first_generation) return work(*home);
        together.reset();
        const auto readers = readers_of(live);
        std::optional<reader_pool::lease> reader;
        try {
            reader.emplace(*readers);
        } catch (const error& failed) {
            // Two rebuilds have passed since the look: its file is gone, and the next look finds another one.
            if (failed.kind() != errc::not_found || live == std::exchange(tried, live)) throw;
            continue;
        }
        const sqlite::transaction reading((*reader)->connection(), sqlite::transaction::kind::deferred);
        return work(**reader);
    }
}

void file_rows::read(function_ref<void(reader_pool::reader&)> with) {
    at_live([&](reader_pool::reader& reader) {
        check(reader);
        with(reader);
    });
}

stored_model file_rows::look() {
    stored_model found;
    at_live([&](reader_pool::reader& reader) { found = check(reader); });
    return found;
}

read_model_status file_rows::status() {
    auto found = look();
    read_model_status now{.store = found.at.store,
                          .epoch = found.at.epoch,
                          .reached = std::move(found.at.consumed),
                          .through = found.through,
                          .since = since()};
    if (store_) now.events_behind = events_between(now.reached, store_->heads());
    if (now.events_behind != std::size_t{0} && now.through > recorded_at::min())
        now.time_behind =
            std::chrono::microseconds(std::max<std::int64_t>(0, world_.clock->wall_us() - now.through.micros()));
    return now;
}

/// Looks at the checkpoint after each commit until it is enough or the time is over, and returns it.
template <class Enough>
stored_model file_rows::wait(Enough enough, std::chrono::milliseconds at_most) {
    auto now = look();
    if (enough(now)) return now;
    const auto deadline = deadline_after(at_most);
    // One for each wait, so that no other thread takes the ring that this one is to hear.
    sqlite::doorbell bell(bell_of(database_), sqlite::doorbell::role::reader);
    while (true) {
        bell.look();  // from here on no ring is lost
        now = look();
        if (enough(now)) return now;
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= left.zero()) return now;
        bell.wait(std::chrono::ceil<std::chrono::microseconds>(left));
    }
}

void file_rows::fail_behind(const stored_model& now, const std::string& doing) {
    const auto behind =
        store_ ? fmt::format(", {} events behind the store", events_between(now.at.consumed, store_->heads()))
               : std::string();
    throw error(errc::behind,
                fmt::format("{}: projection {} in {} is at {}, through {}{}", doing, projection_, database_.string(),
                            to_string(now.at.consumed), to_rfc3339(now.through.time()), behind));
}

freshness file_rows::wait_until(function_ref<cut(const checkpoint&)> wanted, wait_options options,
                                const std::string& doing) {
    const auto has_all = [&](const stored_model& now) { return now.at.consumed.covers(wanted(now.at)); };
    const auto now = wait(has_all, options.at_most);
    const auto how = freshness_of(now.at.consumed, now.through, wanted(now.at), world_.clock->wall_us());
    if (!how && options.late == when_late::fail) fail_behind(now, doing);
    return how;
}

void file_rows::await(recorded_at when) {
    if (look().through >= when) return;
    const auto doing = "asking for the rows as of " + to_rfc3339(when.time());
    if (!store_) {
        const auto now = wait([&](const stored_model& seen) { return seen.through >= when; }, as_of_wait_);
        if (now.through < when) fail_behind(now, doing);
        return;
    }
    const auto where = store_->cut_at(when);
    wait_until([&](const checkpoint&) { return where; }, {.at_most = as_of_wait_}, doing);
}

cut file_rows::cut_of(recorded_at when) {
    if (!store_) fail_cut_unknown(when);
    return store_->cut_at(when);
}

void file_rows::await(const moment& then) {
    const auto doing = "asking for the rows as of " + to_rfc3339(then.time().time());
    if (store_)
        store_->check(then, {.wait = as_of_wait_});
    else
        check_same_store(then, look().at, doing);
    wait_until([&](const checkpoint&) { return then.cut(); }, {.at_most = as_of_wait_}, doing);
}

recorded_at file_rows::since() {
    auto found = recorded_at::min();
    at_live([&](reader_pool::reader& reader) {
        check(reader);
        if (!has_starts(reader.connection())) return;
        if (const auto start = read_start_row(reader.prepared(select_start), projection_)) found = start->since;
    });
    return found;
}

recorded_at file_rows::time_of(const cut& where) {
    if (!store_)
        throw error(errc::unsupported, fmt::format("asking for the rows at the cut {}: the read model in {} was opened "
                                                   "without its store",
                                                   to_string(where), database_.string()));
    return time_of_cut(*store_, where);
}

}  // namespace leftfold::inline v0::detail
