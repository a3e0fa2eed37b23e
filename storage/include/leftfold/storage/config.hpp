/// Where leftfold runs, asserted when it is compiled.
#pragma once

// leftfold is written for and tested on 64-bit Linux, on x86-64 and arm64. It relies on what these share: open file
// description locks, inotify, CLOCK_BOOTTIME, little-endian words in its files, and lock-free 64-bit atomics. Another
// platform needs more than this check removed.
#if !defined(__linux__)
#error "leftfold runs on Linux only: it uses open file description locks, inotify and CLOCK_BOOTTIME"
#endif
#if !defined(__x86_64__) && !defined(__aarch64__)
#error "leftfold runs on x86-64 and arm64 only: no other processor is tested"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "leftfold needs a little-endian processor: its files hold little-endian words"
#endif
#if __cplusplus < 202002L
#error "leftfold needs C++20: compile with -std=c++20"
#endif

static_assert(sizeof(void*) == 8, "leftfold needs a 64-bit target: offsets, times and mapped files are 64 bits wide");
static_assert(__atomic_always_lock_free(sizeof(long long), nullptr), "leftfold needs lock-free 64-bit atomics");
