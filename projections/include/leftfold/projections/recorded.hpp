#pragma once

#include <string>

#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0 {

/// What the store knows of an event beside its content: where it stands, when it was recorded, whose it is.
///
/// A projection's `on` gets one beside the event. Valid during that call only; what is to be kept is copied out.
class recorded {
public:
    recorded() = default;

    /// Borrows from `event`, which must outlive it.
    explicit recorded(const event_view& event) { assign(event); }

    /// Makes it stand for another event, and keeps its memory.
    void assign(const event_view& event) {
        view_ = &event;
        key_ = event.key;
    }

    /// Returns the key of the stream, which for an aggregate's events is the aggregate's own: `alice`.
    const std::string& key() const { return key_; }
    /// Returns the category of the stream: `account`.
    std::string_view category() const { return view_->category; }
    /// Returns the event's place in its stream.
    leftfold::version version() const { return view_->version; }
    /// Returns the event's place in the store.
    leftfold::position position() const { return view_->position(); }
    /// Returns when the store accepted it.
    leftfold::recorded_at recorded_at() const { return view_->recorded; }
    /// Returns when it happened, by its producer's word; without one, the same as recorded_at().
    leftfold::occurred_at occurred_at() const { return view_->occurred; }
    /// Returns the event's own name.
    const event_id& id() const { return view_->id; }
    /// Returns its durable type name.
    std::string_view type() const { return view_->type; }
    /// Returns what was sent along: correlation, actor, content type and what the user added.
    headers_view headers() const { return view_->metadata; }
    /// Returns the stored event itself.
    const event_view& stored() const { return *view_; }

private:
    const event_view* view_ = nullptr;
    std::string key_;
};

}  // namespace leftfold::inline v0
