#include "leftfold/projections/projection_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine_core.hpp"
#include "engine_rows.hpp"
#include "leftfold/storage/error.hpp"
#include "process_runner.hpp"
#include "projection_access.hpp"
#include "reactor_runner.hpp"

namespace leftfold::inline v0 {

namespace detail {

void look_at(const model& of, function_ref<void(const projection_base&)> visit) { of.look(visit); }

}  // namespace detail

projection_engine::projection_engine(event_store& store, engine_options options)
    : core_(std::make_unique<detail::engine_core>(store, std::move(options))) {}

projection_engine::~projection_engine() { stop(); }

const projection_base& projection_engine::add_stored(maker make, projection_options options) {
    const std::lock_guard alone(core_->hands);
    core_->check_stopped("adding a projection");
    if (options.database.empty())
        throw error(errc::invalid_argument, "adding a projection without naming its database");
    detail::engine_core::entry made;
    made.database = core_->open(options.database);
    const auto wait = options.as_of_wait;
    made.handle = make();
    made.work = std::make_unique<detail::model>(core_->store.core(), std::move(make), std::move(options), made.database,
                                                core_->signals);
    made.reads = std::make_unique<detail::read_side>(
        std::make_unique<detail::engine_rows>(made.work->rows(), core_->store.core(), made.work->board(), wait),
        made.work->name());
    detail::projection_access::stand_on(*made.handle, *made.reads);
    return *core_->add(std::move(made)).handle;
}

const projection_base& projection_engine::handle_of(std::string_view name, std::type_index type) const {
    const auto& entry = core_->find_entry(name);
    if (!entry.handle)
        throw error(errc::unsupported, fmt::format("reading projection {} by a handle: it lives in memory", name));
    const auto& handle = *entry.handle;
    if (std::type_index(typeid(handle)) != type)
        throw error(errc::not_found, fmt::format("reading projection {}: another class of that name was added", name));
    return handle;
}

const detail::model& projection_engine::add_volatile(maker make, projection_options options) {
    const std::lock_guard alone(core_->hands);
    core_->check_stopped("adding a projection");
    detail::engine_core::entry made;
    made.work = std::make_unique<detail::model>(core_->store.core(), std::move(make), std::move(options), nullptr,
                                                core_->signals);
    return *core_->add(std::move(made)).work;
}

const detail::process_runner& projection_engine::add_runner(const detail::process_type& type, process_options options,
                                                            targets_by_type targets) {
    const std::lock_guard alone(core_->hands);
    core_->check_stopped("adding a process");
    return core_->add(std::make_unique<detail::process_runner>(core_->store.core(), type, std::move(options),
                                                               std::move(targets), core_->signals));
}

void projection_engine::add_effects(const detail::reactor_type& type, std::unique_ptr<reactor_base> instance,
                                    reactor_options options) {
    const std::lock_guard alone(core_->hands);
    core_->check_stopped("adding a reactor");
    core_->add(std::make_unique<detail::reactor_runner>(core_->store.core(), type, std::move(instance),
                                                        std::move(options), core_->signals));
}

void projection_engine::start() { core_->start(); }

void projection_engine::stop() { core_->stop(); }

bool projection_engine::step() {
    bool busy = false;
    for (auto* each : core_->workers()) {
        const std::lock_guard alone(core_->hands);
        core_->check_stopped("stepping by hand");
        const auto did = core_->step(*each);
        busy = busy || did == detail::lane::action::fold || did == detail::lane::action::flush;
    }
    return busy;
}

void projection_engine::catch_up() {
    detail::worker* rests = core_->act();
    const auto target = core_->store.closed_cut();
    for (auto* each : core_->all()) {
        bool begins = true;
        for (bool done = false; !done; begins = false) {
            const std::lock_guard alone(core_->hands);  // for one step: orders come between
            core_->check_stopped("catching up by hand");
            auto& model = *each->work;
            if (begins) model.hurry();
            done = model.covers(target) && !model.retry_is_due();
            if (done) continue;
            const auto did = core_->step(model);
            if (did == detail::lane::action::back_off) model.hurry();
            done = did == detail::lane::action::stopped || did == detail::lane::action::hold;
            if (done && !rests) rests = &model;
        }
    }
    // The others first; then this says what is wrong.
    if (rests) core_->wait_for(rests->board(), {target, "catching up"}, {.at_most = std::chrono::milliseconds{0}});
}

freshness projection_engine::wait_for(position where, wait_options options) {
    return core_->wait_for_all(core_->wanted(where), options);
}

freshness projection_engine::wait_for(const position_token& token, wait_options options) {
    return core_->wait_for_all(core_->wanted(token), options);
}

freshness projection_engine::wait_for_one(std::string_view name, position where, wait_options options) {
    return core_->wait_for(core_->find_worker(name).board(), core_->wanted(where), options);
}

freshness projection_engine::wait_for_one(std::string_view name, const position_token& token, wait_options options) {
    return core_->wait_for(core_->find_worker(name).board(), core_->wanted(token), options);
}

std::vector<projection_status> projection_engine::status() const {
    std::vector<projection_status> all;
    for (auto* each : core_->workers()) all.push_back(each->board().status());
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

projection_report projection_engine::heal_row_of(std::string_view name, std::string_view table, std::string key,
                                                 verify_projection_options options) {
    auto& of = *core_->find_entry(name).work;
    const auto healing = of.prepare_healing(table, std::move(key), std::move(options));
    projection_report report;
    core_->at_worker(of, [&] { report = of.heal_row(*healing); });
    return report;
}

projection_status projection_engine::status(std::string_view name) const {
    return core_->find_worker(name).board().status();
}

}  // namespace leftfold::inline v0
