#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model_database.hpp"
#include "standing_order.hpp"

namespace leftfold::inline v0::detail {

/// The orders that outlive the program, of one projection or reactor, in two tables beside its checkpoint. Nobody could
/// derive them, so each change is synced before it counts. Belongs to the thread that folds; between transactions.
class order_book {
public:
    /// A projection is to begin anew when an engine adds it next.
    struct seek_note {
        std::string start;  ///< as to_string(start_at) writes it
        std::string by;
        std::int64_t since_us = 0;
    };

    order_book(model_database& in, std::string_view projection) : database_(in), projection_(projection) {}

    /// Returns whether the projection is paused, and by whom.
    std::optional<pause_note> paused();
    void note_pause(const pause_note& note);
    void forget_pause();
    /// Returns where the projection is to begin anew.
    std::optional<seek_note> wanted_seek();
    void note_seek(const seek_note& note);
    void forget_seek();

private:
    void change(sqlite::statement& by);

    model_database& database_;
    std::string_view projection_;
};

/// Returns who gives an order, in words that a table and a line of JSON can keep. Throws errc::invalid_argument or
/// invalid_utf8.
std::string checked_name(std::string_view by);

}  // namespace leftfold::inline v0::detail
