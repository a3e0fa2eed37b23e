#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "leftfold/projections/verify_projection.hpp"
#include "model_database.hpp"
#include "shadow_model.hpp"

namespace leftfold::inline v0::detail {

/// Puts right what one table of a model has under one key. For one thread at a time.
class row_healing {
public:
    row_healing(event_store& store, const make_projection& make, std::string_view table, std::string key,
                verify_projection_options options);

    /// Folds what the model has folded by now, beside whoever owns it: what is left to do while it waits is then
    /// little.
    void fold_ahead(const std::filesystem::path& database);

    /// Folds the rest, compares, and replaces the row when it has drifted, in one transaction. For the owner of the
    /// database, who holds no row of it in memory afterwards.
    projection_report run(model_database& on);

    const std::string& projection() const { return projection_; }

private:
    folded_events look(sqlite::connection& on, const std::filesystem::path& home);

    event_store store_;
    verify_projection_options options_;
    shadow_model shadow_;
    std::string projection_;
    std::string table_;
    std::string key_;
};

}  // namespace leftfold::inline v0::detail
