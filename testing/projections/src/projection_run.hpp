#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/projections/table_core.hpp"
#include "leftfold/testing/detail/projection_script.hpp"
#include "leftfold/testing/store.hpp"
#include "scratch_directory.hpp"

namespace leftfold::inline v0::testing::detail {

/// The events of a test in a store, delivered to the projection, and the rows that it made of them.
class projection_run {
public:
    projection_run(const std::vector<happening>& happened, const projection_script::adder& add, const delivery& how);

    /// What the projection stopped at.
    struct stop {
        std::string why;              ///< `event 3:1: …`, or what the database said
        std::optional<happening> at;  ///< nothing when it was no event
    };
    const std::optional<stop>& stopped() const { return stopped_; }

    /// The projection's tables of rows, in the order of its members.
    std::vector<const leftfold::detail::table_core*> tables() const;
    std::filesystem::path database() const { return directory_.path() / "views.db"; }
    event_store& store() const { return store_; }

private:
    /// What stands where in the store.
    using recording = std::vector<std::pair<position, const happening*>>;

    recording record(const std::vector<happening>& happened, std::optional<std::uint64_t> shuffled_by);
    projection_options options(const delivery& how) const;
    bool is_killed(const projection_script::adder& add, const delivery& how, std::string_view after);

    leftfold::detail::scratch_directory directory_;
    mutable testing::store store_;
    std::optional<projection_engine> engine_;
    const projection_base* rows_ = nullptr;
    std::optional<stop> stopped_;
};

}  // namespace leftfold::inline v0::testing::detail
