#pragma once

#include <unistd.h>

#include <filesystem>

#include "support/child_process.hpp"

namespace leftfold::test_support {

/// Runs `body` in a process of somebody who owns nothing, since the superuser may write everywhere. Returns what it
/// returns.
template <class Body>
int as_a_stranger(Body body) {
    constexpr unsigned nobody = 65'534;
    child_process child([&](int) {
        if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) return 100;
        return body();
    });
    return child.wait();
}

/// Lets everybody read the directory, and nobody write to it, not even its owner.
inline void make_read_only(const std::filesystem::path& directory) {
    using std::filesystem::perms;
    std::filesystem::permissions(directory,
                                 perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
}

}  // namespace leftfold::test_support
