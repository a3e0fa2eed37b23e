#include "projection_access.hpp"

#include <fmt/format.h>

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

}  // namespace leftfold::inline v0::detail
