#pragma once

#include <exception>
#include <memory>
#include <span>
#include <string>

#include "event_batch.hpp"
#include "inline_side.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::detail {

/// The rows of an inline projection in one partition's database: made, caught up, and folded on with each append. Each
/// call is one part of a transaction that somebody else commits or takes back; nothing is remembered between two. For
/// one thread at a time.
class inline_partition {
public:
    inline_partition(std::unique_ptr<projection_base> of, const event_registry& events, partition_id partition);

    /// Makes the tables where they are not there, or are of another shape, and folds the next stored events. Returns
    /// whether there are more.
    bool catch_up(event_store& store, sqlite::connection& on);

    /// Folds the events of an append. Throws what `on` throws, with what was being folded in the text.
    void fold(std::span<const event_view> events, sqlite::connection& on);

private:
    /// How far the rows have come; nothing when they are not there, or not to be gone on with.
    std::optional<offset> reached(offset head);
    bool is_taken(const std::string& name);
    void make_anew();
    void drop_objects();
    void save(offset at);
    /// Throws what is to be said of an event that failed.
    using failure_handler = function_ref<void(const event_view& event, const std::exception& failed)>;
    void fold_decoded(failure_handler fail);
    void forget();

    std::unique_ptr<projection_base> projection_;
    const event_registry& events_;
    partition_id partition_;
    std::string name_;
    std::string shape_;
    event_filter filter_;
    inline_side side_;
    event_batch batch_;
};

}  // namespace leftfold::inline v0::detail
