#pragma once

namespace leftfold::test_support {

/// While it lives, statfs(2) says in this program that every file lies on the file system of this number; one at a
/// time. The numbers stand in linux/magic.h.
class pretended_file_system {
public:
    explicit pretended_file_system(long type);
    ~pretended_file_system();
    pretended_file_system(const pretended_file_system&) = delete;
    pretended_file_system& operator=(const pretended_file_system&) = delete;
};

}  // namespace leftfold::test_support
