#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sqlite/recent_entries.hpp"
#include "sqlite/run_file.hpp"
#include "sqlite/run_merge.hpp"

namespace leftfold::inline v0::sqlite {

/// A complete run as look-ups know it: its row, and the fences and filters of both halves.
struct loaded_run {
    run_row row;
    std::array<run_part, 2> parts;

    const run_part& part(run_part_kind kind) const { return parts[static_cast<unsigned>(kind)]; }
};

/// Complete runs, oldest first, whose ranges of offsets follow one another from where the index begins: the partition's
/// start or, in a fork, the cut.
using run_list = std::vector<std::shared_ptr<const loaded_run>>;

/// Returns the file's live runs. Those of `known` that the file still has are taken over and not read again. Throws
/// errc::corrupt where counts, checksums or ranges do not agree.
run_list load_live_runs(run_file& file, const run_list& known = {});

/// Takes the filters away from the oldest runs, which are the largest, until the others fit into so many bytes. A run
/// without filters is always searched.
void bound_filters(run_list& runs, std::size_t bytes);

/// The runs of one index file, and the only connection that writes it.
///
/// Each call that writes is one transaction. When one throws, the file is as before, and the next call goes on from
/// there. For one thread at a time.
class run_set {
public:
    /// Opens or makes the file.
    run_set(const std::filesystem::path& path, const run_file_options& options, const merge_policy& policy,
            std::size_t filter_bytes);

    const run_list& live() const { return live_; }
    /// The last offset that a run holds.
    offset to() const { return live_.empty() ? file_.begin_after() : live_.back()->row.to; }
    const run_salt& salt() const { return file_.salt(); }

    /// Writes the entries, which begin where the last run ends, as one more run.
    void flush(const recent_entries& entries);

    /// Does a bounded piece of work: goes on with a merge, begins one, or deletes rows of runs that were merged.
    /// Returns whether there is more to do.
    bool step();

private:
    struct merge {
        run_row row;
        run_list inputs;
        run_file_output output;
        std::array<run_part, 2> done{};
        std::size_t part = 0;
        std::optional<part_merge> running{};
    };

    bool begin_merge();
    void resume_merge();
    void step_merge();
    void step_part();
    void finish_merge();
    run_list inputs_of(const run_row& row) const;

    run_file file_;
    merge_policy policy_;
    std::size_t filter_bytes_;
    run_list live_;
    std::int64_t next_run_ = 1;
    std::optional<run_row> building_;   ///< the merge that the file knows of
    std::unique_ptr<merge> merge_;      ///< the same in memory, once it goes on
    std::deque<std::int64_t> dropped_;  ///< runs whose rows are to be deleted
};

}  // namespace leftfold::inline v0::sqlite
