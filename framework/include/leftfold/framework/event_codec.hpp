#pragma once
// Typed events to stored ones and back.

#include <string>
#include <string_view>
#include <utility>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0 {

/// Makes a stored event of a typed one: durable name, payload, and a content-type header where the codec does not write
/// JSON. Throws errc::invalid_event for a value that has no stored form, with type, path and reason.
template <class Event>
event_data to_event_data(const Event& event) {
    event_data made;
    made.type = std::string{Event::event_type};
    try {
        codec<Event>::encode(event, made.payload);
    } catch (const codec_error& bad) {
        throw error(errc::invalid_event, std::string{"encoding "} + bad.what());
    }
    if (codec<Event>::content_type != default_content_type)
        made.metadata.add(header_name::content_type, codec<Event>::content_type);
    return made;
}

namespace detail {

/// Decodes a stored event into the one of Events that has its durable name, and gives it to `take`. Returns false when
/// none has. Throws decode_error.
template <class... Events, class Take>
bool decode_event(event_list<Events...>, std::string_view type, std::string_view payload, Take&& take) {
    const auto take_if = [&]<class Event>(event_list<Event>) {
        if (type != std::string_view{Event::event_type}) return false;
        take(codec<Event>::decode(payload));
        return true;
    };
    return (take_if(event_list<Events>{}) || ...);
}

}  // namespace detail
}  // namespace leftfold::inline v0
