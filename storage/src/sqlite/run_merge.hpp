#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sqlite/run_reader.hpp"
#include "sqlite/run_writer.hpp"

namespace leftfold::inline v0::sqlite {

/// When runs are merged. Fewer runs make look-ups faster; each merge writes its entries once more.
struct merge_policy {
    /// So many neighbouring runs of about one size become one. An entry is rewritten once each time the log grows by
    /// this factor.
    std::size_t fan_in = 4;
    /// The size of a run that was just flushed, in entries: runs up to this size are all of the smallest kind.
    std::int64_t smallest = 65'536;
};

/// Some neighbouring runs, by their places in the list of all.
struct run_window {
    std::size_t first = 0;
    std::size_t count = 0;

    friend bool operator==(const run_window&, const run_window&) = default;
};

/// Chooses the runs to merge next, given the number of entries of each, oldest first; nothing when all is well. Always
/// the newest ones: of the smallest size class that has `fan_in` of them, no larger run among them. Repeated until it
/// answers nothing, it leaves fewer than fan_in runs of each class.
std::optional<run_window> choose_merge(std::span<const std::int64_t> entries, const merge_policy& policy);

/// Merges one half of some runs into a new one, a bounded step at a time. Holds one block of each input in memory, and
/// one section of the output.
class part_merge {
public:
    /// Brings a block of the input with that place in the list.
    using input_blocks = function_ref<std::string_view(std::size_t input, std::uint32_t number)>;

    /// The inputs must outlive the merge. It goes on after what the writer has already written.
    part_merge(std::vector<const run_part*> inputs, run_part_writer writer);

    /// Writes at least one section, or finishes. Returns whether there is more to do.
    bool step(input_blocks blocks, run_output& output);

    run_part take_part() { return writer_.take_part(); }

private:
    std::vector<run_cursor> inputs_;
    run_part_writer writer_;
};

}  // namespace leftfold::inline v0::sqlite
