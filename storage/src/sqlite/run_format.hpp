#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/run_filter.hpp"
#include "sqlite/run_key.hpp"

/// The bytes of an index file's rows: docs/stream_index.md describes them with an example. No SQLite in here.
namespace leftfold::inline v0::sqlite {

/// What a run holds: that the event of this version of this stream stands at this offset. Of an event id the version
/// is 0. Neither number passes 2^60, which is how far a block's bytes reach. Sorted by key, version and offset; two
/// streams that share a key only stand interleaved.
struct run_entry {
    run_key key{};
    std::int64_t version{};
    std::int64_t offset{};

    friend constexpr auto operator<=>(const run_entry&, const run_entry&) = default;
};

/// The two halves of a run.
enum class run_part_kind : unsigned { streams = 0, ids = 1 };
inline constexpr auto run_part_kinds = {run_part_kind::streams, run_part_kind::ids};

/// The most bytes of a block, checksum included: one row that fills one SQLite page of 4,096 bytes without overflow.
inline constexpr std::size_t block_bytes_max = 4'040;

/// Blocks that share one section: one filter, one row.
inline constexpr std::size_t section_blocks = 64;

/// Names a row of an index file: a block or a section of a part of a run.
struct run_row_id {
    std::int64_t run{};
    run_part_kind part{};
    std::uint32_t number{};

    /// The row's key in SQLite: run × 2^32 + part × 2^31 + number.
    constexpr std::int64_t packed() const {
        return (run << 32) | (std::int64_t{static_cast<unsigned>(part)} << 31) | std::int64_t{number};
    }
};

/// Which of the two tables a row is in; part of what its checksum covers.
enum class run_table : unsigned char { blocks = 'b', sections = 's' };

/// Appends the checksum of a row: CRC-32C over the file's salt, the table, the row's key and its bytes.
void seal_row(const run_salt& salt, run_table table, run_row_id id, std::string& bytes);

/// Returns the row's bytes without the checksum. Throws errc::corrupt when it does not agree.
std::string_view open_row(const run_salt& salt, run_table table, run_row_id id, std::string_view sealed);

/// Packs sorted entries into one block.
class block_writer {
public:
    bool empty() const { return bytes_.empty(); }

    /// Whether one more entry of any size fits.
    bool has_room() const { return bytes_.size() + entry_bytes_max + 4 <= block_bytes_max; }

    void add(const run_entry& entry);

    /// Returns the block's bytes, without a checksum, and begins the next one.
    std::string take();

private:
    static constexpr std::size_t entry_bytes_max = 40;

    std::string bytes_;
    run_entry last_{};
};

/// Unpacks a block, entry by entry. The bytes must outlive it.
class block_reader {
public:
    explicit block_reader(std::string_view bytes) : rest_(bytes) {}

    /// Moves to the next entry; false at the block's end. Throws errc::corrupt where the bytes are no entry.
    bool next();

    const run_entry& entry() const { return entry_; }

private:
    std::uint64_t read_number();

    std::string_view rest_;
    run_entry entry_{};
    bool begun_ = false;
};

/// What is known of up to 64 consecutive blocks without reading them.
struct run_section {
    std::int64_t entries = 0;
    /// The first entry of each block, and the last entry of the last one.
    std::vector<run_entry> fences;
    run_entry last{};
    run_filter filter;

    const run_entry& first() const { return fences.front(); }
};

/// Writes a section's row, without a checksum, and reads it back. Reading throws errc::corrupt for bytes that no
/// section has.
std::string encode(const run_section& section);
run_section decode_section(std::string_view bytes);

/// One half of a run as it is kept in memory.
struct run_part {
    std::vector<run_section> sections;
};

}  // namespace leftfold::inline v0::sqlite
