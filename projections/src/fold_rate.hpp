#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace leftfold::inline v0::detail {

/// How fast a model folds while it has something to fold: events and time of its last flushes.
class fold_rate {
public:
    void flushed(std::size_t events, std::int64_t took_us) {
        flushes_[next_] = {events, took_us};
        next_ = (next_ + 1) % flushes_.size();
    }

    double events_per_second() const {
        std::size_t events = 0;
        std::int64_t took_us = 0;
        for (const auto& each : flushes_) {
            events += each.events;
            took_us += each.took_us;
        }
        return took_us > 0 ? static_cast<double>(events) * 1e6 / static_cast<double>(took_us) : 0;
    }

private:
    struct one_flush {
        std::size_t events = 0;
        std::int64_t took_us = 0;
    };
    std::array<one_flush, 16> flushes_{};
    std::size_t next_ = 0;
};

}  // namespace leftfold::inline v0::detail
