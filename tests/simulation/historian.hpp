#pragma once

#include <vector>

#include "simulation/clients.hpp"

namespace leftfold::simulation {

/// Asks for the state of the whole store as of times of the past, and asks each question three times, at any later
/// moment: after more appends, after falls and under a turned clock. The cut and the bytes are the same each time.
class historian {
public:
    explicit historian(client_world& world) : world_(world) {}
    void begin();

    /// Whether every question was answered three times.
    bool is_content() const { return open_.empty(); }
    std::int64_t answered_thrice() const { return answered_thrice_; }

private:
    struct question {
        recorded_at when;
        cut where;
        std::size_t bytes = 0;  // a hash of them
        int answers = 0;
    };

    void ask();
    recorded_at draw_time();
    question answer(recorded_at when);
    void compare(const question& first, const question& now);

    client_world& world_;
    std::vector<question> open_;
    std::int64_t answered_thrice_ = 0;
};

}  // namespace leftfold::simulation
