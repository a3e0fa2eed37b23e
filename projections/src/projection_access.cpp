#include "projection_access.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

std::size_t projection_access::pending(const projection_base& of) {
    std::size_t all = 0;
    for (const auto* part : of.parts_) all += part->pending();
    return all;
}

std::size_t projection_access::held(const projection_base& of) {
    std::size_t all = 0;
    for (const auto* part : of.parts_) all += part->held();
    return all;
}

bool projection_access::prefetches(const projection_base& of) {
    return std::ranges::any_of(of.type_.handlers, [](const auto& each) { return each.prefetch != nullptr; }) ||
           std::ranges::any_of(of.parts_, [](const auto* each) { return each->is_keyed_by_stream(); });
}

/// Wants the rows that one event will touch.
void projection_access::want_rows(projection_base& to, const event_batch& batch, std::size_t i) {
    const auto decoded = batch.decoded(i);
    if (decoded.empty()) return;
    to.at_.assign(batch.events()[i]);
    for (auto* part : to.parts_)
        if (part->is_keyed_by_stream()) part->prefetch_stream(to.at_.key());
    for (const auto& each : decoded)
        if (each.handler->prefetch != nullptr) each.handler->prefetch(to, each.event, to.at_);
}

std::size_t projection_access::prefetch(projection_base& to, const event_batch& batch, std::size_t i,
                                        std::size_t held_max) {
    if (!prefetches(to)) return i;
    for (; i != batch.size() && held(to) < held_max; ++i) try {
            want_rows(to, batch, i);
        } catch (const std::exception&) {
            continue;  // it gave no hint
        }
    try {
        for (auto* part : to.parts_) part->fetch();
    } catch (const error& failed) {
        // A row that cannot be read is the failure of the event that touches it, if there is one.
        if (failed.kind() != errc::corrupt) throw;
    }
    return i;
}

void projection_access::apply(projection_base& to, const event_batch& batch, std::size_t i, write_side* side) {
    const auto& event = batch.events()[i];
    to.at_.assign(event);
    if (to.writers_) to.writers_->begin_event(event.category, event.key);
    if (to.lanes_) to.lanes_->begin_event(event.position());
    try {
        for (const auto& each : batch.decoded(i)) each.handler->apply(to, each.event, to.at_);
        batch.check(i);
        for (auto* part : to.parts_) part->check_event();
    } catch (...) {
        for (auto* part : to.parts_) part->roll_back();
        if (to.writers_) to.writers_->event_failed();
        if (side != nullptr) side->event_failed();
        throw;
    }
    for (auto* part : to.parts_) part->end_event(event.recorded);
    if (to.writers_) to.writers_->event_ended();
    if (side != nullptr) side->event_ended();
}

void projection_access::apply_alone(projection_base& to, event_batch& by, const event_view& event, write_side* side,
                                    const std::set<std::string>& types) {
    by.clear();
    by.add(event);
    by.decode(types);
    apply(to, by, 0, side);
}

event_filter projection_access::filter(const projection_base& of, const event_registry& events) {
    event_filter made;
    for (const auto& category : of.type_.categories) made.categories.emplace_back(category);
    if (of.type_.others == others::skipped) {
        std::vector<std::string> names;
        for (const auto& handler : of.type_.handlers) names.emplace_back(handler.type);
        made.types = events.stored_names(names);
    }
    return made;
}

std::string projection_access::shape(const projection_base& of, const event_registry& events) {
    std::string text = fmt::format("fold {:016x} events {:016x}", of.type_.fold_shape, events.fingerprint());
    if (of.lanes_) text += "\norder per_partition";
    for (const auto& category : of.type_.categories) text += fmt::format("\ncategory {}", category);
    for (const auto* part : of.parts_) {
        text += fmt::format("\npart {}", part->shape());
        for (const auto& each : part->objects()) text += "\n" + each.sql;
    }
    return text;
}

std::vector<model_part::object> projection_access::objects(const projection_base& of) {
    std::vector<model_part::object> all;
    for (const auto* part : of.parts_)
        for (auto& each : part->objects()) all.push_back(std::move(each));
    return all;
}

std::vector<model_part::object> projection_access::objects_and_reading_indices(const projection_base& of) {
    auto all = objects(of);
    for (const auto* part : of.parts_)
        for (auto& each : part->reading_indices()) all.push_back(std::move(each));
    return all;
}

}  // namespace leftfold::inline v0::detail
