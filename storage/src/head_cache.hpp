#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

/// Remembers the last version of the streams that were used most recently, as many of them as fit into so many bytes.
///
/// Two generations: what is asked for moves to the young one, and once that is full the old one is dropped whole. That
/// costs one more look-up where a list of uses would cost two pointers a stream. A stream takes 12 bytes more than its
/// name, rounded up to 8, and 11 to 21 in the table: some 40 for `item-1234567`, a third of a hash map's node with two
/// strings in it. Nothing is trusted to a hash: names are compared.
class head_cache {
public:
    /// Uses `bytes` at most, and what is asked for between two calls of trim().
    explicit head_cache(std::size_t bytes);

    /// Returns what is remembered of the stream, to be read or changed before the next call; null where it is nothing.
    version* find(const stream_id& stream);

    /// Remembers a stream of which nothing is remembered. The answer is as find()'s.
    version& add(const stream_id& stream, version head);

    /// Forgets what there is no room for. Nothing is forgotten otherwise.
    void trim();

    void clear();

private:
    /// Records of streams in blocks of memory, never moved, and a table with open addressing of where they are.
    class generation {
    public:
        version* find(const stream_id& stream, std::uint32_t hash) const;
        version& add(const stream_id& stream, std::uint32_t hash, version head);

        std::size_t bytes() const;

    private:
        struct record;
        struct slot {
            std::uint32_t hash = 0;
            std::uint32_t place = 0;  ///< in words, from 1 on; 0 is empty
        };

        record* at(std::uint32_t place) const;
        std::size_t home_of(std::uint32_t hash) const;
        std::uint32_t make_room(std::size_t words);
        void put(slot added);
        void grow();

        std::vector<std::unique_ptr<std::uint64_t[]>> blocks_;
        std::size_t used_ = 0;  ///< words of the last block
        std::vector<slot> slots_;
        std::size_t streams_ = 0;
    };

    std::size_t young_bytes_max_;
    generation young_;
    generation old_;
};

}  // namespace leftfold::inline v0
