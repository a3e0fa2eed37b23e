#include "sqlite/fork_descriptors.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace leftfold::inline v0::sqlite {

namespace {

struct registry {
    std::mutex mutex;
    std::vector<int> descriptors;
};

// Never destroyed: handlers may run while the process ends.
registry& descriptors() {
    static auto* all = new registry;
    return *all;
}

void before_fork() { descriptors().mutex.lock(); }
void in_parent() { descriptors().mutex.unlock(); }
void in_child() {
    auto& all = descriptors();
    for (const int descriptor : all.descriptors) ::close(descriptor);
    all.descriptors.clear();
    all.mutex.unlock();
}

void watch_forks() {
    static const bool watched = [] { return pthread_atfork(before_fork, in_parent, in_child) == 0; }();
    static_cast<void>(watched);
}

}  // namespace

void close_in_children(int descriptor) {
    watch_forks();
    const std::scoped_lock lock(descriptors().mutex);
    descriptors().descriptors.push_back(descriptor);
}

void keep_in_children(int descriptor) {
    const std::scoped_lock lock(descriptors().mutex);
    std::erase(descriptors().descriptors, descriptor);
}

}  // namespace leftfold::inline v0::sqlite
