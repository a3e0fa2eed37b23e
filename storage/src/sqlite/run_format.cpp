#include "sqlite/run_format.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

void append_number(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) to.push_back(static_cast<char>(value | 0x80U));
    to.push_back(static_cast<char>(value));
}

template <class Word>
void append_word(std::string& to, Word value) {
    std::array<char, sizeof(Word)> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    to.append(bytes.data(), bytes.size());
}

template <class Word>
Word take_word(std::string_view& from) {
    Word value{};
    if (from.size() < sizeof value) throw error(errc::corrupt, "reading a row of the index: it ends too early");
    std::memcpy(&value, from.data(), sizeof value);
    from.remove_prefix(sizeof value);
    return value;
}

void append_entry(std::string& to, const run_entry& entry) {
    append_word(to, entry.key.high);
    append_word(to, entry.key.low);
    append_word(to, entry.version);
    append_word(to, entry.offset);
}

run_entry take_entry(std::string_view& from) {
    run_entry entry;
    entry.key.high = take_word<std::uint64_t>(from);
    entry.key.low = take_word<std::uint64_t>(from);
    entry.version = take_word<std::int64_t>(from);
    entry.offset = take_word<std::int64_t>(from);
    return entry;
}

/// Small numbers of either sign as small numbers without one: 0, -1, 1, -2 … become 0, 1, 2, 3 …
std::uint64_t fold_sign(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unfold_sign(std::uint64_t value) { return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1)); }

std::uint32_t checksum(const run_salt& salt, run_table table, run_row_id id, std::string_view bytes) {
    std::string head(salt.begin(), salt.end());
    head.push_back(static_cast<char>(table));
    append_word(head, id.packed());
    return crc32c(bytes, crc32c(head));
}

}  // namespace

void seal_row(const run_salt& salt, run_table table, run_row_id id, std::string& bytes) {
    append_word(bytes, checksum(salt, table, id, bytes));
}

std::string_view open_row(const run_salt& salt, run_table table, run_row_id id, std::string_view sealed) {
    std::uint32_t stored = 0;
    if (sealed.size() >= sizeof stored) {
        const auto bytes = sealed.substr(0, sealed.size() - sizeof stored);
        std::memcpy(&stored, bytes.data() + bytes.size(), sizeof stored);
        if (stored == checksum(salt, table, id, bytes)) return bytes;
    }
    throw error(errc::corrupt, "reading a row of the index: its checksum does not agree");
}

// An entry of a new key begins with an even number: four times its version, plus two when the key's low half is zero.
// Then come how far the high half is from that of the key before, the low half (8 bytes, unless it is zero), and the
// offset. An entry of the same key begins with an odd number: four times the distance of its offset with the sign
// folded in, plus one, plus two when its version is not the next one; then the distance of the version follows.
void block_writer::add(const run_entry& entry) {
    const auto version = static_cast<std::uint64_t>(entry.version);
    if (bytes_.empty() || entry.key != last_.key) {
        const auto high_before = bytes_.empty() ? 0 : last_.key.high;
        append_number(bytes_, version << 2U | (entry.key.low == 0 ? 2U : 0U));
        append_number(bytes_, entry.key.high - high_before);
        if (entry.key.low != 0) append_word(bytes_, entry.key.low);
        append_number(bytes_, static_cast<std::uint64_t>(entry.offset));
    } else {
        const auto jump = entry.version - last_.version;
        append_number(bytes_, fold_sign(entry.offset - last_.offset) << 2U | (jump == 1 ? 0U : 2U) | 1U);
        if (jump != 1) append_number(bytes_, static_cast<std::uint64_t>(jump));
    }
    last_ = entry;
}

std::string block_writer::take() {
    last_ = {};
    return std::exchange(bytes_, {});
}

std::uint64_t block_reader::read_number() {
    // All bytes of a number at once, where it has at most eight of them: three sums of neighbours join their sevens.
    if (rest_.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, rest_.data(), sizeof word);
        const auto ends = ~word & 0x8080808080808080U;
        if (ends != 0) {
            const auto bits = static_cast<unsigned>(std::countr_zero(ends)) + 1;  // up to the end of the last byte
            word &= 0x7F7F7F7F7F7F7F7FU & (~std::uint64_t{0} >> (64U - bits));
            word = (word & 0x007F007F007F007FU) | ((word & 0x7F007F007F007F00U) >> 1U);
            word = (word & 0x00003FFF00003FFFU) | ((word & 0x3FFF00003FFF0000U) >> 2U);
            word = (word & 0x000000000FFFFFFFU) | ((word & 0x0FFFFFFF00000000U) >> 4U);
            rest_.remove_prefix(bits / 8);
            return word;
        }
    }
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return value;
    }
    throw error(errc::corrupt, "reading a block of the index: a number without an end");
}

bool block_reader::next() {
    if (rest_.empty()) return false;
    const auto head = read_number();
    if ((head & 1U) == 0) {
        entry_.version = static_cast<std::int64_t>(head >> 2U);
        entry_.key.high += read_number();
        entry_.key.low = (head & 2U) != 0 ? 0 : take_word<std::uint64_t>(rest_);
        entry_.offset = static_cast<std::int64_t>(read_number());
        begun_ = true;
        return true;
    }
    if (!begun_) throw error(errc::corrupt, "reading a block of the index: it begins without a key");
    const auto jump = (head & 2U) == 0 ? 1U : read_number();
    // Unsigned sums: whatever the bytes say, nothing here overflows.
    entry_.version = static_cast<std::int64_t>(static_cast<std::uint64_t>(entry_.version) + jump);
    entry_.offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(entry_.offset) +
                                              static_cast<std::uint64_t>(unfold_sign(head >> 2U)));
    return true;
}

std::string encode(const run_section& section) {
    std::string bytes;
    append_word(bytes, static_cast<std::uint32_t>(section.fences.size()));
    append_word(bytes, section.entries);
    for (const auto& fence : section.fences) append_entry(bytes, fence);
    append_entry(bytes, section.last);
    bytes.append(section.filter.bytes());
    return bytes;
}

run_section decode_section(std::string_view bytes) {
    run_section section;
    const auto blocks = take_word<std::uint32_t>(bytes);
    section.entries = take_word<std::int64_t>(bytes);
    if (blocks == 0 || blocks > section_blocks) {
        throw error(errc::corrupt, "reading a section of the index: it has no or too many blocks");
    }
    section.fences.reserve(blocks);
    for (std::uint32_t i = 0; i < blocks; ++i) section.fences.push_back(take_entry(bytes));
    section.last = take_entry(bytes);
    section.filter = run_filter::from(bytes);
    return section;
}

}  // namespace leftfold::inline v0::sqlite
