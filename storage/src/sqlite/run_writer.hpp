#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlite/run_format.hpp"

namespace leftfold::inline v0::sqlite {

/// Where a run's rows go while it is written: a file, or a map in a test.
class run_output {
public:
    virtual ~run_output() = default;

    virtual void put_block(run_row_id id, std::string bytes) = 0;
    /// Comes after the blocks that the section describes.
    virtual void put_section(run_row_id id, const run_section& section) = 0;
};

/// Writes one half of a run, entry by entry in order, and keeps its sections: what a reader of the run wants in memory.
///
/// Whole sections are the steps in which a run grows. A writer can be made from the sections that an earlier one
/// left behind, and goes on after the last of them.
class run_part_writer {
public:
    run_part_writer(std::int64_t run, run_part_kind part, run_part begun = {});

    /// Writes the entry; it comes after all before it.
    void add(const run_entry& entry, run_output& output);

    /// Writes what is not yet a whole block or section. The part is complete.
    void finish(run_output& output);

    /// The sections that have been written.
    const run_part& part() const { return part_; }
    run_part take_part() { return std::move(part_); }

private:
    void finish_block(run_output& output);
    void finish_section(run_output& output);

    std::int64_t run_;
    run_part_kind kind_;
    run_part part_;
    block_writer block_;
    run_section section_;
    std::vector<std::uint64_t> keys_;  // of the section, each once
};

}  // namespace leftfold::inline v0::sqlite
