#pragma once

#include <semaphore.h>

namespace leftfold::inline v0 {

/// One thread waits for another, once.
///
/// A POSIX semaphore: with as many threads waiting as there are callers, those that spin before they sleep
/// (std::binary_semaphore, in libstdc++) take the processors from those that work. May be destroyed as soon as wait()
/// has returned.
class one_time_signal {
public:
    one_time_signal() { ::sem_init(&given_, 0, 0); }
    ~one_time_signal() { ::sem_destroy(&given_); }
    one_time_signal(const one_time_signal&) = delete;
    one_time_signal& operator=(const one_time_signal&) = delete;

    void give() { ::sem_post(&given_); }
    void wait() {
        while (::sem_wait(&given_) != 0) {  // a signal handler came between
        }
    }

private:
    sem_t given_;
};

}  // namespace leftfold::inline v0
