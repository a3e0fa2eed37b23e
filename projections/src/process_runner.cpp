#include "process_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "process_round.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Events that are reacted to between two checkpoints, at most.
constexpr std::size_t reactions_unsaved = 256;

/// Deadlines that are fired in one step.
constexpr std::size_t fired_at_once = 100;

event_filter filter_of(const process_type& type, const event_registry& events) {
    std::vector<std::string> names;
    for (const auto& each : type.events) names.emplace_back(each.type);
    event_filter made{.types = events.stored_names(names)};
    made.types.emplace_back(deadline_due::event_type);
    made.types.emplace_back(command_refused::event_type);
    return made;
}

}  // namespace

process_runner::process_runner(std::shared_ptr<store_core> store, const process_type& type, process_options options,
                               command_targets targets, std::shared_ptr<model_signals> signals)
    : event_worker(std::move(store),
                   {.kind = "process",
                    .name = type.name,
                    .filter = filter_of(type, options.events),
                    .retries = options.retries,
                    .save_every = reactions_unsaved},
                   std::move(signals)),
      type_(type),
      options_(std::move(options)),
      targets_(std::move(targets)),
      journal_(store_, type.name) {}

process_runner::~process_runner() = default;

void process_runner::open() {
    start_ = journal_.begin(options_.start);
    begin_at(start_);
    stand_at(load_checkpoint());
    stay_paused(journal_.paused());
}

std::filesystem::path process_runner::socket() const {
    const auto directory = directory_of(store_);
    return directory ? process_control(*directory, name()) : std::filesystem::path();
}

/// Sets the place to what was reacted to, and returns it. A checkpoint that is lost, or of another history, costs time
/// only: all is gone through again, and nothing is done twice.
cut process_runner::load_checkpoint() {
    place_.start(start_);
    const auto found = continue_from(store_.checkpoints().load(consumer()), store_);
    if (!found.why.empty()) warn(fmt::format("process {} goes through its events again: {}", name(), found.why));
    if (found.at && found.at->at.consumed.covers(start_.after)) place_.resume(*found.at);
    return place_.at();
}

/// Reads the log up to what was reacted to, and notes it all again.
cut process_runner::take_up() {
    noted_ = load_checkpoint();
    seen_ = store_.heads();
    {
        const std::unique_lock lock(mutex_);
        instances_.clear();
        book_ = journal_.read_book();
    }
    store_.read_all(start_.after, noted_, filter_of(type_, options_.events), payloads::read,
                    [&](const event_view& event) {
                        acting_on_ = event.position();
                        act(event);
                        acting_on_.reset();
                        return true;
                    });
    return noted_;
}

void process_runner::save(const checkpoint& reached) { store_.checkpoints().save(consumer(), reached); }

std::int64_t process_runner::keep_pause(const std::string& by) { return journal_.pause(by).micros(); }

void process_runner::keep_resumption(const std::string& by) {
    if (journal_.paused()) journal_.resume(by);
}

/// Fires the deadlines that both clocks have passed: the wall's, since the store's runs ahead of it for a while after a
/// kill; and the store's, since what was recorded before a deadline has then been reacted to, and had its say. Returns
/// whether there was something to do.
bool process_runner::idle(recorded_at closed) {
    const auto next = book_.next();
    const auto wall = recorded_at::from_micros(store_.world().clock->wall_us());
    if (!next || wall < *next) return false;
    if (closed < *next) {
        try {
            store_.cut_at(*next, {.wait = std::chrono::milliseconds{0}});
            return true;
        } catch (const error& failed) {
            // A commit is in flight, or the wall clock is not to be trusted: then that time has not come.
            if (failed.kind() == errc::not_closed || failed.kind() == errc::not_yet) return false;
            throw;
        }
    }
    for (const auto* each : book_.due_by(std::min(closed, wall), fired_at_once)) {
        point("a deadline is reached");
        journal_.fire(*each);
        point("a deadline is written");
        const auto id = each->id;
        const std::unique_lock lock(mutex_);
        book_.fired(id);
    }
    return true;
}

std::unique_ptr<process_base> process_runner::find(std::string_view key) const {
    const std::shared_lock lock(mutex_);
    const auto found = instances_.find(key);
    return found == instances_.end() ? nullptr : type_.copy(*found->second);
}

std::size_t process_runner::count() const {
    const std::shared_lock lock(mutex_);
    return instances_.size();
}

std::vector<waiting_deadline> process_runner::deadlines() const {
    const std::shared_lock lock(mutex_);
    std::vector<waiting_deadline> all;
    for (const auto* each : book_.due_by(recorded_at::max(), std::numeric_limits<std::size_t>::max()))
        all.push_back({each->id.key, each->id.name, each->due.time(), each->type, each->message});
    return all;
}

std::unique_ptr<process_base> find_instance(const process_runner& of, std::string_view key) { return of.find(key); }
std::size_t count_instances(const process_runner& of) { return of.count(); }
std::vector<waiting_deadline> deadlines_that_wait(const process_runner& of) { return of.deadlines(); }

}  // namespace leftfold::inline v0::detail
