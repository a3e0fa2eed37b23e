#include "leftfold/projections/projection_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "deadline.hpp"
#include "driver.hpp"
#include "engine_rows.hpp"
#include "leftfold/storage/error.hpp"
#include "model.hpp"
#include "projection_access.hpp"
#include "read_side.hpp"

namespace leftfold::inline v0 {

namespace detail {

void look_at(const model& of, function_ref<void(const projection_base&)> visit) { of.look(visit); }

/// What an engine is made of.
class engine_core {
public:
    engine_core(const event_store& of, engine_options options)
        : store(of.core()), signals(std::make_shared<model_signals>()) {
        signals->options = std::move(options);
    }

    /// A projection, and, when it has tables, the instance that its readers use.
    struct entry {
        std::unique_ptr<model> work;
        std::shared_ptr<model_database> database;
        std::unique_ptr<read_side> reads;
        std::unique_ptr<projection_base> handle;
    };

    entry& add(std::unique_ptr<model> work, std::shared_ptr<model_database> database) {
        for (const auto& each : entries)
            if (each.work->name() == work->name())
                throw error(errc::name_collision, fmt::format("adding projection {} a second time", work->name()));
        work->open();
        return entries.emplace_back(entry{std::move(work), std::move(database), {}, {}});
    }

    std::shared_ptr<model_database> open(const std::filesystem::path& file) {
        auto& known = databases[std::filesystem::absolute(file).lexically_normal()];
        if (auto open = known.lock()) return open;
        auto made = std::make_shared<model_database>(file);
        known = made;
        return made;
    }

    entry& find_entry(std::string_view name) {
        for (auto& each : entries)
            if (each.work->name() == name) return each;
        throw error(errc::not_found, fmt::format("looking for projection {}: it was not added to this engine", name));
    }

    /// Does something to a model where it is folded: on its driver's executor, or here when none runs.
    template <class F>
    auto at_model(std::string_view name, F f) {
        auto& of = *find_entry(name).work;
        for (const auto& each : drivers) {
            if (!each->has(of)) continue;
            decltype(f(of)) answer{};
            each->run([&] { answer = f(of); });
            return answer;
        }
        return f(of);
    }

    /// What somebody waits for, and the words for it.
    struct goal {
        cut where;
        std::string doing;
    };
    goal wanted(position where) const {
        cut made(store.partitions());
        if (where.partition.value() >= made.partitions())
            throw error(errc::invalid_argument, fmt::format("waiting for {}: the store has {} partitions",
                                                            to_string(where), made.partitions()));
        made.set(where.partition, where.at);
        return {std::move(made), "waiting for event " + to_string(where)};
    }
    goal wanted(const position_token& token) const {
        return {token.in(store.id(), store.epoch(), store.partitions()), "waiting for token " + to_string(token)};
    }
    freshness wait_for(const model& of, const goal& wanted, wait_options options) const {
        return of.board().wait_until(wanted.where, options, wanted.doing);
    }
    /// Waits for one after the other until one deadline, and returns what is the worst of each.
    freshness wait_for_all(const goal& wanted, wait_options options) const {
        const auto deadline = deadline_after(options.at_most);
        freshness all;
        for (const auto& each : entries) {
            const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            options.at_most = std::max(rest, std::chrono::milliseconds{0});
            const auto one = wait_for(*each.work, wanted, options);
            all.current = all.current && one.current;
            all.events_missing = std::max(all.events_missing, one.events_missing);
            all.age = std::max(all.age, one.age);
        }
        return all;
    }

    void check_stopped(const char* doing) const {
        if (!drivers.empty()) throw error(errc::invalid_argument, std::string(doing) + " while the engine runs");
    }

    event_store store;
    std::shared_ptr<model_signals> signals;
    std::map<std::filesystem::path, std::weak_ptr<model_database>> databases;
    std::vector<entry> entries;
    std::vector<std::shared_ptr<driver>> drivers;
    bool left = false;  // something that is no std::exception came through: end without another write
};

}  // namespace detail

projection_engine::projection_engine(event_store& store, engine_options options)
    : core_(std::make_unique<detail::engine_core>(store, std::move(options))) {}

projection_engine::~projection_engine() { stop(); }

const projection_base& projection_engine::add_stored(maker make, projection_options options) {
    core_->check_stopped("adding a projection");
    if (options.database.empty())
        throw error(errc::invalid_argument, "adding a projection without naming its database");
    auto database = core_->open(options.database);
    const auto wait = options.as_of_wait;
    auto work =
        std::make_unique<detail::model>(core_->store.core(), make, std::move(options), database, core_->signals);
    auto& entry = core_->add(std::move(work), database);
    entry.reads = std::make_unique<detail::read_side>(
        std::make_unique<detail::engine_rows>(database->file(), core_->store.core(), entry.work->board(), wait),
        entry.work->name());
    entry.handle = make();
    detail::projection_access::stand_on(*entry.handle, *entry.reads);
    return *entry.handle;
}

const detail::model& projection_engine::add_volatile(maker make, projection_options options) {
    core_->check_stopped("adding a projection");
    auto work = std::make_unique<detail::model>(core_->store.core(), std::move(make), std::move(options), nullptr,
                                                core_->signals);
    return *core_->add(std::move(work), nullptr).work;
}

void projection_engine::start() {
    if (!core_->drivers.empty()) return;
    core_->signals->stopping = false;
    std::map<const void*, std::vector<detail::model*>> groups;
    for (auto& each : core_->entries) {
        const void* together = each.database ? static_cast<const void*>(each.database.get()) : each.work.get();
        groups[together].push_back(each.work.get());
    }
    for (auto& [together, models] : groups)
        core_->drivers.push_back(
            std::make_shared<detail::driver>(core_->store.core(), std::move(models), core_->signals));
    for (auto& each : core_->drivers) each->start();
}

void projection_engine::stop() {
    core_->signals->stopping = true;
    for (auto& each : core_->drivers) each->stop();
    core_->drivers.clear();
    core_->signals->stopping = false;
    if (core_->left) return;
    for (auto& each : core_->entries) each.work->save_progress();
}

bool projection_engine::step() {
    core_->check_stopped("stepping by hand");
    bool busy = false;
    for (auto& each : core_->entries) {
        core_->left = true;
        const auto did = each.work->step();
        core_->left = false;
        busy = busy || did == detail::lane::action::fold || did == detail::lane::action::flush;
    }
    return busy;
}

void projection_engine::catch_up() {
    core_->check_stopped("catching up by hand");
    const auto target = core_->store.closed_cut();
    for (auto& each : core_->entries) {
        auto& model = *each.work;
        model.hurry();
        while (!model.covers(target) || model.retry_is_due()) {
            core_->left = true;
            const auto did = model.step();
            core_->left = false;
            if (did == detail::lane::action::back_off) model.hurry();
            if (did == detail::lane::action::stopped)
                model.board().wait_until(target, {.at_most = std::chrono::milliseconds{0}}, "catching up");
        }
    }
}

freshness projection_engine::wait_for(position where, wait_options options) {
    return core_->wait_for_all(core_->wanted(where), options);
}

freshness projection_engine::wait_for(const position_token& token, wait_options options) {
    return core_->wait_for_all(core_->wanted(token), options);
}

freshness projection_engine::wait_for_one(std::string_view name, position where, wait_options options) {
    return core_->wait_for(*core_->find_entry(name).work, core_->wanted(where), options);
}

freshness projection_engine::wait_for_one(std::string_view name, const position_token& token, wait_options options) {
    return core_->wait_for(*core_->find_entry(name).work, core_->wanted(token), options);
}

std::vector<projection_status> projection_engine::status() const {
    std::vector<projection_status> all;
    for (const auto& each : core_->entries) all.push_back(each.work->board().status());
    return all;
}

std::vector<parked_key> projection_engine::parked_of(std::string_view name) const {
    auto& entry = core_->find_entry(name);
    return entry.reads ? entry.reads->parked() : std::vector<parked_key>();
}

std::vector<position> projection_engine::waiting_of(std::string_view name, const stream_id& stream) const {
    auto& entry = core_->find_entry(name);
    return entry.reads ? entry.reads->waiting(stream) : std::vector<position>();
}

bool projection_engine::retry_parked_of(std::string_view name, const stream_id& stream) {
    return core_->at_model(name, [&](detail::model& of) { return of.retry_parked(to_string(stream)); });
}

bool projection_engine::discard_parked_of(std::string_view name, const stream_id& stream) {
    return core_->at_model(name, [&](detail::model& of) { return of.discard_parked(to_string(stream)); });
}

projection_report projection_engine::heal_row_of(std::string_view name, std::string_view table, std::string key,
                                                 verify_projection_options options) {
    const auto healing = core_->find_entry(name).work->prepare_healing(table, std::move(key), std::move(options));
    return core_->at_model(name, [&](detail::model& of) { return of.heal_row(*healing); });
}

projection_status projection_engine::status_of(std::string_view name) const {
    return core_->find_entry(name).work->board().status();
}

}  // namespace leftfold::inline v0
