#pragma once

#include <cstdint>
#include <unordered_map>

#include "simulation/history.hpp"

namespace leftfold::simulation {

/// Knows what the process of a run has done about the requests, and says what is wrong with it: an answer is given
/// once, and after what it answers; nobody is reminded early, or of what was followed in time; and nothing is missed.
class answer_book {
public:
    explicit answer_book(verdict& found) : found_(found) {}

    /// A request is stored, and this is its first event.
    void stored(std::int64_t request, const entry& first);
    /// An answer is stored.
    void answered(const entry& by);
    /// The process says that it has nothing more to do.
    void look_at_the_end() const;

    /// How many answers were given.
    std::int64_t given() const { return given_; }

private:
    struct asked {
        recorded_at when;
        int receipts = 0;
        int reminders = 0;
        std::optional<recorded_at> followed{};  // by the next one that the process heard of
    };
    void complain(std::int64_t request, const char* what) const;

    verdict& found_;
    std::unordered_map<std::int64_t, asked> requests_;
    std::unordered_map<std::size_t, std::int64_t> last_of_;  // by the number of the stream
    std::int64_t given_ = 0;
};

}  // namespace leftfold::simulation
