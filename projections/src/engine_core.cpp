#include "engine_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "deadline.hpp"
#include "engine_verbs.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Says, while it lives, that somebody waits to change a model: who folds makes way.
class waiting_order {
public:
    explicit waiting_order(model_signals& at) : at_(at) { ++at_.orders; }
    ~waiting_order() { --at_.orders; }
    waiting_order(const waiting_order&) = delete;
    waiting_order& operator=(const waiting_order&) = delete;

private:
    model_signals& at_;
};

}  // namespace

engine_core::engine_core(const event_store& of, engine_options options)
    : store(of.core()), signals(std::make_shared<model_signals>()) {
    signals->options = std::move(options);
}

engine_core::entry& engine_core::find_entry(std::string_view name) {
    const std::lock_guard lock(entries_mutex_);
    for (auto& each : entries_)
        if (each.work->name() == name) return each;
    throw error(errc::not_found, fmt::format("looking for projection {}: it was not added to this engine", name));
}

std::vector<engine_core::entry*> engine_core::all() {
    const std::lock_guard lock(entries_mutex_);
    std::vector<entry*> found;
    for (auto& each : entries_) found.push_back(&each);
    return found;
}

std::vector<event_worker*> engine_core::actors() {
    const std::lock_guard lock(entries_mutex_);
    std::vector<event_worker*> found;
    for (auto& each : actors_) found.push_back(each.get());
    return found;
}

std::vector<worker*> engine_core::workers() {
    const std::lock_guard lock(entries_mutex_);
    std::vector<worker*> found;
    for (auto& each : entries_) found.push_back(each.work.get());
    for (auto& each : actors_) found.push_back(each.get());
    return found;
}

worker& engine_core::find_worker(std::string_view name) {
    for (auto* each : workers())
        if (each->name() == name) return *each;
    throw error(errc::not_found, fmt::format("looking for {}: it was not added to this engine", name));
}

void engine_core::check_new(const worker& made) {
    for (const auto* each : workers())
        if (each->name() == made.name())
            throw error(errc::name_collision, fmt::format("adding {} {} a second time", made.kind(), made.name()));
}

worker* engine_core::act() {
    worker* rests = nullptr;
    for (bool busy = true; busy;) {
        busy = false;
        rests = nullptr;
        for (auto* each : actors()) {
            const std::lock_guard alone(hands);
            check_stopped("catching up by hand");
            const bool failed = each->hurry();
            const auto did = step(*each);
            busy = busy || failed || did == lane::action::fold || did == lane::action::flush;
            if (did == lane::action::stopped || did == lane::action::hold) rests = each;
        }
    }
    return rests;
}

void engine_core::at_worker(worker& of, function_ref<void()> task) {
    const waiting_order waits(*signals);
    while (true) {
        std::shared_ptr<driver> by;
        {
            const std::lock_guard alone(hands);
            by = driver_of(of);
            if (!by) return task();
        }
        if (by->run([&] { task(); })) return;
        // It was stopped meanwhile: whoever did holds the hands until that has ended.
    }
}

std::shared_ptr<driver> engine_core::driver_of(const worker& of) const {
    for (const auto& each : drivers_)
        if (each->has(of)) return each;
    return nullptr;
}

void engine_core::start() {
    const std::lock_guard alone(hands);
    if (!drivers_.empty()) return;
    std::map<const void*, std::vector<worker*>> groups;
    for (auto* each : all()) {
        const void* together = each->database ? static_cast<const void*>(each->database.get()) : each->work.get();
        groups[together].push_back(each->work.get());
    }
    for (auto* each : actors()) groups[each].push_back(each);
    for (auto& [together, workers] : groups)
        drivers_.push_back(std::make_shared<driver>(store.core(), std::move(workers), signals));
    for (auto& each : drivers_) each->start();
    std::vector<model_board*> boards;
    for (auto* each : workers()) boards.push_back(&each->board());
    // Often enough that a stall is told of soon, and seldom enough that a resting engine rests.
    const auto every = std::clamp<std::chrono::milliseconds>(signals->options.supervision.stalled_after / 4,
                                                             std::chrono::milliseconds{10}, std::chrono::seconds{5});
    watchdog_ = std::make_shared<watchdog>(store.core(), std::move(boards), every);
    watchdog_->start();
    listen();
}

/// Takes orders from other processes, at the socket of each database, reactor and process. An engine that nobody can
/// give orders to is as good as another, so failing to listen is no error.
void engine_core::listen() {
    std::map<std::filesystem::path, std::vector<worker*>> heard;
    for (auto* each : all())
        if (each->database) heard[control_of(each->database->file())].push_back(each->work.get());
    for (auto* each : actors())
        if (auto socket = each->socket(); !socket.empty()) heard[std::move(socket)].push_back(each);
    const std::lock_guard lock(listeners_mutex_);
    for (auto& [socket, here] : heard) {
        try {
            listeners_.push_back(
                std::make_unique<control_listener>(socket, engine_verbs(*this, std::move(here)), store.world()));
        } catch (const error& deaf) {
            if (store.world().observer)
                store.world().observer->on_warning(
                    fmt::format("other processes cannot give orders to this engine: {}", deaf.what()));
        }
    }
}

void engine_core::stop() {
    std::vector<std::unique_ptr<control_listener>> ending;
    {
        const std::lock_guard lock(listeners_mutex_);
        ending.swap(listeners_);
    }
    ending.clear();  // waits for a verb that runs, which may want the hands
    signals->stopping = true;
    rebuilds.wait_for_none();  // each ends at its next event, and needs the hands for it
    const std::lock_guard alone(hands);
    if (watchdog_) watchdog_->stop();
    watchdog_.reset();
    signals->stopping = true;
    for (auto& each : drivers_) each->stop();
    drivers_.clear();
    signals->stopping = false;
    if (left_) return;
    for (auto* each : all()) each->work->save_progress();
    for (auto* each : actors()) each->save_progress();
}

engine_core::goal engine_core::wanted(position where) const {
    cut made(store.partitions());
    if (where.partition.value() >= made.partitions())
        throw error(errc::invalid_argument,
                    fmt::format("waiting for {}: the store has {} partitions", to_string(where), made.partitions()));
    made.set(where.partition, where.at);
    return {std::move(made), "waiting for event " + to_string(where)};
}

engine_core::goal engine_core::wanted(const position_token& token) const {
    return {token.in(store.id(), store.epoch(), store.partitions()), "waiting for token " + to_string(token)};
}

freshness engine_core::wait_for_all(const goal& wanted, wait_options options) {
    const auto deadline = deadline_after(options.at_most);
    freshness worst;
    for (const auto* each : all()) {
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        options.at_most = std::max(rest, std::chrono::milliseconds{0});
        const auto one = wait_for(*each->work, wanted, options);
        worst.current = worst.current && one.current;
        worst.events_missing = std::max(worst.events_missing, one.events_missing);
        worst.age = std::max(worst.age, one.age);
    }
    return worst;
}

engine_core::entry& engine_core::add(entry made) {
    check_new(*made.work);
    made.work->open();
    const std::lock_guard lock(entries_mutex_);
    return entries_.emplace_back(std::move(made));
}

std::shared_ptr<model_database> engine_core::open(const std::filesystem::path& file) {
    auto& known = databases_[std::filesystem::absolute(file).lexically_normal()];
    if (auto open = known.lock()) return open;
    auto made = std::make_shared<model_database>(file);
    known = made;
    return made;
}

lane::action engine_core::step(worker& of) {
    left_ = true;
    const auto did = of.step();
    left_ = false;
    return did;
}

void engine_core::check_stopped(const char* doing) const {
    if (!drivers_.empty()) throw error(errc::invalid_argument, std::string(doing) + " while the engine runs");
}

}  // namespace leftfold::inline v0::detail
