#pragma once

#include <optional>
#include <set>
#include <string>

#include "leftfold/projections/fold_live.hpp"

namespace leftfold::inline v0::detail {

/// What a live fold reads of the log: the projection's own choice, narrowed by that of the query.
class chosen_events {
public:
    /// Throws errc::invalid_argument and errc::invalid_name for a query that can choose nothing.
    chosen_events(const projection_base& of, const live_options& options);

    /// Gives them in the store's order, until `visit` returns false.
    void visit(event_store& store, const cut& after, const cut& up_to, event_sink visit) const;

    /// What the query asks for of that which an event becomes by translation; empty: all.
    const std::set<std::string>& types() const { return types_; }

private:
    event_filter filter_;
    std::set<std::string> types_;
    std::set<std::string, std::less<>> keys_;
    std::set<stream_id> streams_;  // where keys and categories are known, and few
};

}  // namespace leftfold::inline v0::detail
