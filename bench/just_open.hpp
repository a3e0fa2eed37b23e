#pragma once
// Opening a store in a process that did nothing else, which is the only way to see what it costs.

#include <filesystem>

namespace bench {

struct opened_store {
    double milliseconds = 0;
    double peak_mib = 0;
};

/// Runs this program again with --just-open.
opened_store open_in_a_process_of_its_own(const std::filesystem::path& store);
/// What that one does: opens the store and prints both figures.
void just_open(const std::filesystem::path& store);

}  // namespace bench
