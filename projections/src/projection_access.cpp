#include "projection_access.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

namespace {

void dispatch(projection_base& to, const projection_type& type, std::string_view name, std::string_view payload,
              const recorded& at) {
    for (const auto& handler : type.handlers)
        if (handler.type == name) return handler.apply(to, payload, at);
    if (type.others == others::skipped || type.ignores(name)) return;
    throw error(errc::unknown_event_type,
                fmt::format("folding event {} into projection {}: it neither handles nor ignores events of type {}",
                            to_string(at.position()), type.name, name));
}

}  // namespace

void projection_access::apply(projection_base& to, const event_view& event, const event_registry& events,
                              write_side* side, const std::set<std::string>& types) {
    to.at_.assign(event);
    if (to.writers_) to.writers_->begin_event(event.category, event.key);
    if (to.lanes_) to.lanes_->begin_event(event.position());
    try {
        events.translate(event.type, event.payload, [&](std::string_view type, std::string_view payload) {
            if (types.empty() || types.contains(std::string(type))) dispatch(to, to.type_, type, payload, to.at_);
        });
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
