#include "head_cache.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "stream_id_hash.hpp"

namespace leftfold::inline v0 {

namespace {

/// 16 KiB: a small store's cache takes no more, and the longest name fits many times.
constexpr std::size_t block_words = 2'048;

constexpr std::size_t smallest_table = 64;

/// Far below what 32 bits of words can count.
constexpr std::size_t generation_bytes_max = std::size_t{8} << 30U;

std::uint32_t hash_of(const stream_id& stream) { return static_cast<std::uint32_t>(stream_id_hash{}(stream) >> 32U); }

}  // namespace

/// The head of a record; the category and the key follow it.
struct head_cache::generation::record {
    version head;
    std::uint16_t category_bytes;
    std::uint16_t key_bytes;

    static std::size_t words_for(const stream_id& stream) {
        return (text_at + stream.category().size() + stream.key().size() + 7) / 8;
    }

    char* text() { return reinterpret_cast<char*>(this) + text_at; }
    bool is_of(const stream_id& stream) {
        return category_bytes == stream.category().size() && key_bytes == stream.key().size() &&
               std::string_view(text(), category_bytes) == stream.category() &&
               std::string_view(text() + category_bytes, key_bytes) == stream.key();
    }

    static constexpr std::size_t text_at = sizeof(version) + 2 * sizeof(std::uint16_t);
};

static_assert(sizeof(version) == sizeof(std::uint64_t));
static_assert(category_bytes_max + stream_key_bytes_max + 16 < block_words * 8 && stream_key_bytes_max <= UINT16_MAX);

head_cache::generation::record* head_cache::generation::at(std::uint32_t place) const {
    return std::launder(reinterpret_cast<record*>(&blocks_[place / block_words][place % block_words]));
}

std::size_t head_cache::generation::bytes() const {
    return blocks_.size() * block_words * sizeof(std::uint64_t) + slots_.size() * sizeof(slot);
}

/// Returns where so many words are free.
std::uint32_t head_cache::generation::make_room(std::size_t words) {
    if (blocks_.empty() || used_ + words > block_words) {
        blocks_.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(block_words));
        used_ = blocks_.size() == 1 ? 1 : 0;  // no record stands at place 0
    }
    const auto place = (blocks_.size() - 1) * block_words + used_;
    used_ += words;
    return static_cast<std::uint32_t>(place);
}

/// Where the search for a stream begins: the upper bits of its hash, so that growing keeps the order.
std::size_t head_cache::generation::home_of(std::uint32_t hash) const {
    return static_cast<std::size_t>((std::uint64_t{hash} * slots_.size()) >> 32U);
}

version* head_cache::generation::find(const stream_id& stream, std::uint32_t hash) const {
    if (slots_.empty()) return nullptr;
    const auto mask = slots_.size() - 1;
    for (auto i = home_of(hash); slots_[i].place != 0; i = (i + 1) & mask) {
        if (slots_[i].hash != hash) continue;
        if (auto* const found = at(slots_[i].place); found->is_of(stream)) return &found->head;
    }
    return nullptr;
}

version& head_cache::generation::add(const stream_id& stream, std::uint32_t hash, version head) {
    if ((streams_ + 1) * 4 > slots_.size() * 3) grow();
    const auto place = make_room(record::words_for(stream));
    auto* const added = new (&blocks_[place / block_words][place % block_words]) record{
        head, static_cast<std::uint16_t>(stream.category().size()), static_cast<std::uint16_t>(stream.key().size())};
    std::memcpy(added->text(), stream.category().data(), stream.category().size());
    std::memcpy(added->text() + stream.category().size(), stream.key().data(), stream.key().size());
    put({hash, place});
    ++streams_;
    return added->head;
}

void head_cache::generation::put(slot added) {
    const auto mask = slots_.size() - 1;
    auto i = home_of(added.hash);
    while (slots_[i].place != 0) i = (i + 1) & mask;
    slots_[i] = added;
}

/// Makes the table twice as large; three quarters of it are taken at most.
void head_cache::generation::grow() {
    auto before = std::exchange(slots_, std::vector<slot>(std::max(smallest_table, slots_.size() * 2)));
    for (const auto& each : before)
        if (each.place != 0) put(each);
}

head_cache::head_cache(std::size_t bytes) : young_bytes_max_(std::min(bytes / 2, generation_bytes_max)) {}

version* head_cache::find(const stream_id& stream) {
    const auto hash = hash_of(stream);
    if (auto* const found = young_.find(stream, hash)) return found;
    const auto* const found = old_.find(stream, hash);
    return found == nullptr ? nullptr : &young_.add(stream, hash, *found);
}

version& head_cache::add(const stream_id& stream, version head) { return young_.add(stream, hash_of(stream), head); }

void head_cache::trim() {
    if (young_.bytes() >= young_bytes_max_) old_ = std::exchange(young_, generation{});
}

void head_cache::clear() {
    young_ = {};
    old_ = {};
}

}  // namespace leftfold::inline v0
