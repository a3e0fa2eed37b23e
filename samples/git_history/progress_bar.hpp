#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace git_history {

/// Shows how far a long step is, on standard error, when that is a terminal; else it is silent.
class progress_bar {
public:
    /// `what` stands before the bar: `importing`.
    progress_bar(std::string what, std::size_t total);
    /// Wipes the bar away.
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    /// Says how much is done. Cheap: draws at most ten times a second.
    void at(std::size_t done);

private:
    void draw(std::size_t done) const;

    std::string what_;
    std::size_t total_;
    bool shown_;
    std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace git_history
