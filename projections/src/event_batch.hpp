#pragma once

#include <cstddef>
#include <exception>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event.hpp"
#include "object_arena.hpp"

namespace leftfold::inline v0::detail {

/// Some events of the log in order, and what each of them is for a projection: decoded, as what it becomes by
/// translation. Decoding is apart from folding, so that it can be done before and elsewhere.
///
/// What goes wrong in decoding is kept with its event, and thrown when that is folded. So it is met where and when it
/// would be by whoever decodes and folds one event after the other.
///
/// For one thread at a time. Keeps its memory: once it is warm, an event costs the allocations of its own members.
class event_batch {
public:
    /// `of` and `events` outlive it.
    event_batch(const projection_type& of, const event_registry& events) : type_(of), registry_(events) {}
    ~event_batch() { clear(); }
    event_batch(const event_batch&) = delete;
    event_batch& operator=(const event_batch&) = delete;

    /// Copies an event's bytes into the batch.
    void add(const event_view& event);
    /// Decodes the events that were added; of what they become, those whose type is among `types`, unless that is
    /// empty. Once, after the last of them. Runs code of the events and of their translation, none of the projection.
    void decode(const std::set<std::string>& types = {}) noexcept;
    /// Empties it.
    void clear() noexcept;

    const event_page& events() const { return page_; }
    std::size_t size() const { return page_.size(); }
    bool empty() const { return page_.empty(); }
    bool is_full(const batch_options& bounds) const {
        return page_.size() >= bounds.events || page_.bytes() >= bounds.bytes;
    }

    struct decoded_event {
        const event_handler* handler;
        void* event;
    };
    /// Returns what the i-th event became, up to where decoding failed.
    std::span<const decoded_event> decoded(std::size_t i) const;
    /// Throws what decoding it failed with, if it did.
    void check(std::size_t i) const {
        if (results_[i].failure) std::rethrow_exception(results_[i].failure);
    }

private:
    struct result {
        std::size_t end = 0;  // of what it became, in decoded_
        std::exception_ptr failure{};
    };

    void decode_one(const event_view& stored, std::string_view type, std::string_view payload);

    const projection_type& type_;
    const event_registry& registry_;
    event_page page_;
    std::vector<result> results_;  // one for each event of the page
    std::vector<decoded_event> decoded_;
    object_arena arena_;
};

}  // namespace leftfold::inline v0::detail
