#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "leftfold/storage/unique_function.hpp"
#include "sqlite/run_format.hpp"

namespace leftfold::inline v0::sqlite {

/// Brings a block's bytes, by its number within the part; they are valid until the next call.
using block_source = function_ref<std::string_view(std::uint32_t number)>;

/// Returns the part's entries of that key with a version in [from, to], in order. Reads the blocks that can hold them:
/// none where the filter says so, mostly one.
std::vector<run_entry> find_in_part(const run_part& part, const run_key& key, std::int64_t from, std::int64_t to,
                                    block_source blocks);

/// Returns the part's last entry of that key: that with the greatest version. Reads one block, or none.
std::optional<run_entry> find_last_in_part(const run_part& part, const run_key& key, block_source blocks);

/// Walks a part's entries in order, one block in memory at a time.
class run_cursor {
public:
    /// Begins with the first entry that comes after `after`; without it, with the first.
    run_cursor(const run_part& part, std::optional<run_entry> after);

    /// Returns the entry where it stands, or null at the end.
    const run_entry* current(block_source blocks);
    void advance() { standing_ = false; }

private:
    const run_part* part_;
    std::optional<run_entry> after_;
    std::size_t section_ = 0;
    std::size_t block_ = 0;
    std::string bytes_;
    std::optional<block_reader> reader_;
    bool standing_ = false;
};

}  // namespace leftfold::inline v0::sqlite
