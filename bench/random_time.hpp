#pragma once

#include <random>

#include "leftfold/storage/event_store.hpp"

namespace bench {

/// Times at random between the first event of a store's first partition and its last.
class random_time {
public:
    explicit random_time(leftfold::event_store& store)
        : between_(first_of(store), store.head_of(first_partition).recorded.micros()) {}

    leftfold::recorded_at next() { return leftfold::recorded_at::from_micros(between_(random_)); }

private:
    static constexpr leftfold::partition_id first_partition{0};

    static std::int64_t first_of(leftfold::event_store& store) {
        std::int64_t first = 0;
        store.read_partition(first_partition, {}, {.events = 1}, {}, leftfold::payloads::skip,
                             [&](const leftfold::event_view& event) {
                                 first = event.recorded.micros();
                                 return true;
                             });
        return first;
    }

    std::mt19937_64 random_{7};
    std::uniform_int_distribution<std::int64_t> between_;
};

}  // namespace bench
