#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// The orders that outlive the program, of one projection, in a table beside its checkpoint. Nobody could derive them,
/// so each change is synced before it counts. Belongs to the thread that folds; between transactions.
class order_book {
public:
    /// A projection is paused.
    struct pause_note {
        std::string by;
        std::int64_t since_us = 0;
    };

    order_book(model_database& in, std::string_view projection) : database_(in), projection_(projection) {}

    /// Returns whether the projection is paused, and by whom.
    std::optional<pause_note> paused();
    void note_pause(const pause_note& note);
    void forget_pause();

private:
    void change(sqlite::statement& by);

    model_database& database_;
    std::string_view projection_;
};

}  // namespace leftfold::inline v0::detail
