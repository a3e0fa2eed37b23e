#include "raw_group_writer.hpp"

namespace bench {

raw_group_writer::raw_group_writer(raw_sqlite_log& log) : log_(log), thread_([this] { work(); }) {}

raw_group_writer::~raw_group_writer() {
    {
        const std::scoped_lock lock(mutex_);
        ends_ = true;
    }
    has_work_.notify_one();
}

void raw_group_writer::append(const raw_row& row) {
    std::binary_semaphore done(0);
    {
        const std::scoped_lock lock(mutex_);
        queue_.push_back({&row, &done});
    }
    has_work_.notify_one();
    done.acquire();
}

void raw_group_writer::work() {
    std::vector<waiting> group;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            has_work_.wait(lock, [&] { return ends_ || !queue_.empty(); });
            if (queue_.empty()) return;
            group.swap(queue_);
        }
        log_.begin();
        for (const auto& each : group) log_.add(*each.row);
        log_.commit();
        for (const auto& each : group) each.done->release();
        group.clear();
    }
}

}  // namespace bench
