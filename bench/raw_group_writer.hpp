#pragma once
// Group commit by hand: callers hand their rows to one thread, which commits all that wait in one transaction and wakes
// each caller by itself.

#include <condition_variable>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "raw_sqlite.hpp"

namespace bench {

class raw_group_writer {
public:
    explicit raw_group_writer(raw_sqlite_log& log);
    /// Waits for what was handed over.
    ~raw_group_writer();
    raw_group_writer(const raw_group_writer&) = delete;
    raw_group_writer& operator=(const raw_group_writer&) = delete;

    /// Returns when the row is durable.
    void append(const raw_row& row);

private:
    struct waiting {
        const raw_row* row;
        std::binary_semaphore* done;
    };

    void work();

    raw_sqlite_log& log_;
    std::mutex mutex_;
    std::condition_variable has_work_;
    std::vector<waiting> queue_;
    bool ends_ = false;
    std::jthread thread_;
};

}  // namespace bench
