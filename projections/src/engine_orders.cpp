// The orders that an engine takes while it runs: docs/operating.md.

#include <fmt/format.h>

#include "engine_core.hpp"
#include "order_book.hpp"

namespace leftfold::inline v0 {

namespace detail {

void engine_core::pause(std::string_view name, std::string_view by) {
    const auto who = checked_name(by);
    auto& of = find_worker(name);
    at_worker(of, [&] { of.pause(who); });
}

void engine_core::resume(std::string_view name, std::string_view by) {
    const auto who = checked_name(by);
    auto& of = find_worker(name);
    at_worker(of, [&] { of.resume(who); });
}

freshness engine_core::drain(std::string_view name, wait_options options, std::string_view by) {
    const auto who = checked_name(by);
    auto& of = find_worker(name);
    const auto until = store.closed_cut();
    at_worker(of, [&] { of.drain(until, who); });
    return wait_for(of.board(), {until, fmt::format("draining {} {}", of.kind(), name)}, options);
}

void engine_core::seek(std::string_view name, const start_at& where, std::string_view by) {
    const auto who = checked_name(by);
    auto& of = find_worker(name);
    at_worker(of, [&] { of.seek(where, who); });
}

void engine_core::stop(std::string_view name, std::string_view by) {
    const auto who = checked_name(by);
    auto& of = find_worker(name);
    at_worker(of, [&] { of.stop_working(who); });
}

bool engine_core::retry_parked(std::string_view projection, const stream_id& stream) {
    auto& of = *find_entry(projection).work;
    bool rejoined = false;
    at_worker(of, [&] { rejoined = of.retry_parked(to_string(stream)); });
    return rejoined;
}

bool engine_core::discard_parked(std::string_view projection, const stream_id& stream) {
    auto& of = *find_entry(projection).work;
    bool rejoined = false;
    at_worker(of, [&] { rejoined = of.discard_parked(to_string(stream)); });
    return rejoined;
}

}  // namespace detail

void projection_engine::pause(std::string_view name, std::string_view by) { core_->pause(name, by); }

void projection_engine::resume(std::string_view name, std::string_view by) { core_->resume(name, by); }

freshness projection_engine::drain(std::string_view name, wait_options options, std::string_view by) {
    return core_->drain(name, options, by);
}

void projection_engine::seek(std::string_view name, const start_at& where, std::string_view by) {
    core_->seek(name, where, by);
}

void projection_engine::stop(std::string_view name, std::string_view by) { core_->stop(name, by); }

bool projection_engine::retry_parked_of(std::string_view name, const stream_id& stream) {
    return core_->retry_parked(name, stream);
}

bool projection_engine::discard_parked_of(std::string_view name, const stream_id& stream) {
    return core_->discard_parked(name, stream);
}

}  // namespace leftfold::inline v0
