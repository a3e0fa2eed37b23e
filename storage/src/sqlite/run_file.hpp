#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/position.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/run_writer.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

/// What a run is to those who read the file.
enum class run_state {
    building = 0,  ///< a merge is writing it; its inputs are still live
    live = 1,      ///< part of the index
    dropped = 2,   ///< merged into another; its rows are being deleted
};

/// One row of the table `runs`: the events in (after, to], in two halves.
struct run_row {
    std::int64_t run = 0;
    run_state state = run_state::building;
    offset after{};
    offset to{};
    /// The partition's chain hash at `to`: the run belongs to a log that has it there.
    chain_hash chain{};
    // Of each half, when the run is complete: its entries, its sections, and a checksum over the rows of these.
    std::array<std::int64_t, 2> entries{};
    std::array<std::int64_t, 2> sections{};
    std::array<std::uint32_t, 2> content{};

    /// Two entries an event.
    bool is_complete() const { return entries[0] == to.value() - after.value() && entries[1] == entries[0]; }
};

/// One half of a run, with the checksum over its section rows.
struct loaded_part {
    run_part part;
    std::uint32_t content = 0;
};

struct run_file_options {
    file_access mode = file_access::create;
    std::string vfs{};
    std::int64_t cache_kib = 1'024;
    partition_id partition{};
    /// The last offset before the first run.
    offset begin_after{};
    /// For a file that is made.
    run_salt salt{};
};

/// An index file on disk: rows in, rows out, each with its checksum. docs/stream_index.md has its format.
///
/// Every way in which the file is not what was written throws errc::corrupt, foreign_file or newer_format; the rest is
/// what SQLite says. For one thread at a time. A file opened with file_access::create is the one writing connection.
class run_file {
public:
    run_file(const std::filesystem::path& path, const run_file_options& options);

    const run_salt& salt() const { return salt_; }
    offset begin_after() const { return begin_after_; }
    connection& database() { return connection_; }

    /// Returns all runs, oldest first.
    std::vector<run_row> runs();

    /// Returns the sections that half a run has so far, in order.
    loaded_part load(std::int64_t run, run_part_kind part);

    /// Returns a block's bytes, valid until the next call. A block that is not there is errc::corrupt too: who asks
    /// knows it from a section, so either the file is damaged or the run was dropped meanwhile.
    std::string_view block(run_row_id id);

    /// Begin and end a transaction in which several blocks are read: each on its own would lock and unlock the file.
    void begin_reading() { begin_.run(); }
    void end_reading() { end_.run(); }

    /// Writes a run's row, in place of the one it had.
    void put(const run_row& row);
    void put_block(run_row_id id, std::string bytes);
    /// Returns the bytes that were stored.
    std::string put_section(run_row_id id, const run_section& section);

    /// Deletes at most `rows` blocks of a run; when none is left, what else the file has of it. Returns whether there
    /// is more to do.
    bool drop(std::int64_t run, std::int64_t rows);

private:
    void create(const run_file_options& options);
    void check(const run_file_options& options);

    connection connection_;
    offset begin_after_;
    run_salt salt_{};
    std::string block_;
    statement begin_;
    statement end_;
    statement read_block_;
    statement write_block_;
    statement write_section_;
};

/// Writes a run's rows to a file and sums up what it wrote.
class run_file_output final : public run_output {
public:
    explicit run_file_output(run_file& file) : file_(file) {}

    void put_block(run_row_id id, std::string bytes) override;
    void put_section(run_row_id id, const run_section& section) override;

    std::array<std::uint32_t, 2> content{};

private:
    run_file& file_;
};

/// Deletes an index file and what SQLite keeps beside it, whether they are there or not.
void remove_run_file(const std::filesystem::path& path, const std::string& vfs);

}  // namespace leftfold::inline v0::sqlite
