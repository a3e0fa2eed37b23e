#include "support/pretended_file_system.hpp"

#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>

namespace {

std::optional<long> pretended;

}  // namespace

// Takes the place of the system's own function in a program that pretends.
extern "C" int statfs(const char* path, struct statfs* found) noexcept {
    const auto outcome = static_cast<int>(::syscall(SYS_statfs, path, found));
    if (outcome == 0 && pretended) found->f_type = *pretended;
    return outcome;
}

namespace leftfold::test_support {

pretended_file_system::pretended_file_system(long type) { pretended = type; }
pretended_file_system::~pretended_file_system() { pretended.reset(); }

}  // namespace leftfold::test_support
