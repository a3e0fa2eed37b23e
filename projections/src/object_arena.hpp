#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace leftfold::inline v0::detail {

/// Memory for objects of many types that go together. Kept for the next ones: once it is warm, nothing is allocated.
class object_arena {
public:
    /// Returns room for one object. Whoever makes it there also destroys it, before clear().
    void* take(std::size_t size, std::size_t alignment) {
        while (block_ < blocks_.size()) {
            if (void* const room = room_in(blocks_[block_], size, alignment)) return room;
            ++block_;
            used_ = 0;
        }
        const auto bytes = std::max(block_bytes, size + alignment);
        blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(bytes), bytes});
        return room_in(blocks_.back(), size, alignment);
    }
    /// All room is free again.
    void clear() {
        block_ = 0;
        used_ = 0;
    }

private:
    struct block {
        std::unique_ptr<std::byte[]> memory;
        std::size_t size;
    };
    static constexpr std::size_t block_bytes = std::size_t{16} << 10;

    void* room_in(const block& of, std::size_t size, std::size_t alignment) {
        void* room = of.memory.get() + used_;
        auto left = of.size - used_;
        if (std::align(alignment, size, room, left) == nullptr) return nullptr;
        used_ = of.size - left + size;
        return room;
    }

    std::vector<block> blocks_;
    std::size_t block_ = 0;  // the block that is being filled
    std::size_t used_ = 0;   // how much of it is
};

}  // namespace leftfold::inline v0::detail
