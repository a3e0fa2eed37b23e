// The orders that an engine takes while it runs: docs/operating.md.

#include <fmt/format.h>

#include "engine_core.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0 {

namespace {

/// Returns who gives an order, in words that a table and a line of JSON can keep.
std::string checked(std::string_view by) {
    if (by.empty() || by.size() > order_by_bytes_max)
        throw error(errc::invalid_argument, fmt::format("giving an order in the name of {} bytes: 1 to {} will do",
                                                        by.size(), order_by_bytes_max));
    if (!is_utf8(by)) throw error(errc::invalid_utf8, "giving an order in somebody's name");
    return std::string(by);
}

}  // namespace

void projection_engine::pause(std::string_view projection, std::string_view by) {
    const auto who = checked(by);
    auto& of = *core_->find_entry(projection).work;
    core_->at_model(of, [&] { of.pause(who); });
}

void projection_engine::resume(std::string_view projection, std::string_view by) {
    const auto who = checked(by);
    auto& of = *core_->find_entry(projection).work;
    core_->at_model(of, [&] { of.resume(who); });
}

freshness projection_engine::drain(std::string_view projection, wait_options options, std::string_view by) {
    const auto who = checked(by);
    auto& of = *core_->find_entry(projection).work;
    const auto until = core_->store.closed_cut();
    core_->at_model(of, [&] { of.drain(until, who); });
    return core_->wait_for(of, {until, fmt::format("draining projection {}", projection)}, options);
}

void projection_engine::seek(std::string_view projection, const start_at& where, std::string_view by) {
    const auto who = checked(by);
    auto& of = *core_->find_entry(projection).work;
    core_->at_model(of, [&] { of.seek(where, who); });
}

void projection_engine::stop(std::string_view projection, std::string_view by) {
    const auto who = checked(by);
    auto& of = *core_->find_entry(projection).work;
    core_->at_model(of, [&] { of.stop_folding(who); });
}

bool projection_engine::retry_parked_of(std::string_view name, const stream_id& stream) {
    auto& of = *core_->find_entry(name).work;
    bool rejoined = false;
    core_->at_model(of, [&] { rejoined = of.retry_parked(to_string(stream)); });
    return rejoined;
}

bool projection_engine::discard_parked_of(std::string_view name, const stream_id& stream) {
    auto& of = *core_->find_entry(name).work;
    bool rejoined = false;
    core_->at_model(of, [&] { rejoined = of.discard_parked(to_string(stream)); });
    return rejoined;
}

}  // namespace leftfold::inline v0
