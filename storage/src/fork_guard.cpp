#include "fork_guard.hpp"

#include <pthread.h>

#include <atomic>

namespace leftfold::inline v0 {

namespace {

std::atomic<int> generation{0};

const int registered = ::pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

int fork_generation() { return registered + generation.load(std::memory_order_relaxed); }

}  // namespace leftfold::inline v0
