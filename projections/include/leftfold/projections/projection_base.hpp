#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/projections/order.hpp"
#include "leftfold/projections/parked.hpp"
#include "leftfold/projections/recorded.hpp"
#include "leftfold/projections/row_lanes.hpp"
#include "leftfold/projections/row_writers.hpp"

namespace leftfold::inline v0 {

namespace detail {

/// What to do with one type of event, as functions over the event without its type. Made by the template
/// projection<…>, read by everything below it.
struct event_handler {
    std::string_view type;
    std::size_t size;
    std::size_t alignment;
    /// Makes the event in the room at `to`. Throws decode_error.
    void (*decode)(std::string_view payload, void* to);
    void (*destroy)(void* event);
    /// Gives it to `on`.
    void (*apply)(projection_base& on, const void* event, const recorded& at);
    /// Gives it to `prefetch`; null when there is none.
    void (*prefetch)(projection_base& on, const void* event, const recorded& at);
};

/// What becomes of an event that a projection neither handles nor ignores by name.
enum class others { refused, skipped };

/// What a projection declares, without its type.
struct projection_type {
    std::string_view name;
    std::span<const event_handler> handlers;
    /// Empty: every category.
    std::span<const std::string_view> categories;
    bool (*ignores)(std::string_view type);
    leftfold::detail::others others;
    failure_policy on_failure;
    leftfold::order order;
    /// Sums up the events' names and shapes and the revision: another number means another fold.
    std::uint64_t fold_shape;
};

struct projection_access;

}  // namespace detail

/// What every projection is, whatever its events: the tables that it has, and the way in for the engine.
class projection_base {
public:
    virtual ~projection_base() = default;
    projection_base(const projection_base&) = delete;
    projection_base& operator=(const projection_base&) = delete;

protected:
    explicit projection_base(const detail::projection_type& type) : type_(type) {
        if (type.on_failure == failure_policy::park_key) writers_ = std::make_unique<detail::row_writers>();
        if (type.order == order::per_partition) lanes_ = std::make_unique<detail::row_lanes>();
    }

private:
    friend class detail::model_part;
    friend struct detail::projection_access;

    const detail::projection_type& type_;
    std::unique_ptr<detail::row_writers> writers_;  // only of one that parks keys
    std::unique_ptr<detail::row_lanes> lanes_;      // only of one that folds per partition
    std::vector<detail::model_part*> parts_;
    detail::model_side* side_ = nullptr;
    recorded at_;
};

}  // namespace leftfold::inline v0
