#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "leftfold/storage/append.hpp"
#include "leftfold/storage/sqlite_store.hpp"

namespace leftfold::test_support {

/// Makes the events of one numbered append: each says in its payload which of how many it is, and repeats itself up to
/// about `bytes` bytes, so that a reader can tell whole from partial and once from twice.
std::vector<event_data> numbered_events(std::int64_t append, std::size_t count, std::size_t bytes);

/// What is found in a store that numbered appends went to.
struct store_audit {
    std::int64_t events = 0;
    std::int64_t partial = 0;  ///< appends of which a part is missing
    std::int64_t doubled = 0;  ///< events that are there twice
    std::int64_t corrupt = 0;  ///< partitions with a gap, a wrong checksum, or a chain or clock that does not go on
    std::string complaint;     ///< the first of these in words
    std::set<std::int64_t> appends;  ///< the appends that are there whole

    bool is_sound() const { return partial == 0 && doubled == 0 && corrupt == 0; }
};

/// Opens the store as its owner would after a crash, claims every partition, and reads everything. A store that cannot
/// be opened counts as corrupt.
store_audit audit_store(const std::filesystem::path& path, const sqlite_options& options = {});

}  // namespace leftfold::test_support
