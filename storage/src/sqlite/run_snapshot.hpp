#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "leftfold/storage/error.hpp"
#include "sqlite/run_set.hpp"

namespace leftfold::inline v0::sqlite {

/// Read-only connections to one index file, handed out one at a time. Safe from any thread.
class run_readers {
public:
    /// Opens nothing yet. Keeps at most `kept` connections that nobody uses.
    run_readers(std::filesystem::path path, run_file_options options, std::size_t kept)
        : path_(std::move(path)), options_(std::move(options)), kept_(kept) {}

    std::unique_ptr<run_file> take();
    void give_back(std::unique_ptr<run_file> file);

private:
    std::filesystem::path path_;
    run_file_options options_;
    std::size_t kept_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<run_file>> free_;
};

/// The runs of a partition as they are at one moment. Never changes; its file may, when runs are merged or the index is
/// built again, and then what reads it throws index_outdated.
struct run_snapshot {
    std::shared_ptr<run_readers> readers{};
    run_salt salt{};
    run_list runs{};
    offset begin_after{};

    offset to() const { return runs.empty() ? begin_after : runs.back()->row.to; }
};

/// The rows that a snapshot speaks of are not in the file as they were written: merged meanwhile, or damaged.
class index_outdated : public error {
public:
    using error::error;
};

/// Whether the failure tells of a file that is not what was written, as opposed to a system in trouble.
bool tells_of_damage(const error& failure);

/// Looks for keys in the runs of a snapshot, over one connection taken when the first block is wanted.
class run_search {
public:
    explicit run_search(const run_snapshot& in) : in_(in) {}
    ~run_search();
    run_search(const run_search&) = delete;
    run_search& operator=(const run_search&) = delete;

    std::size_t runs() const { return in_.runs.size(); }

    /// In one run, counted from the oldest: the entries of the key with a version in [from, to]; the last one.
    std::vector<run_entry> find(std::size_t run, run_part_kind part, const run_key& key, std::int64_t from,
                                std::int64_t to);
    std::optional<run_entry> find_last(std::size_t run, run_part_kind part, const run_key& key);

private:
    std::string_view block(run_row_id id);

    const run_snapshot& in_;
    std::unique_ptr<run_file> file_;
};

}  // namespace leftfold::inline v0::sqlite
