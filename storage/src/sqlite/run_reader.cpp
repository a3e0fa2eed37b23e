#include "sqlite/run_reader.hpp"

#include <algorithm>
#include <limits>

namespace leftfold::inline v0::sqlite {

namespace {

constexpr auto greatest = std::numeric_limits<std::int64_t>::max();

/// The first section whose last entry is not below `entry`.
std::size_t section_from(const run_part& part, const run_entry& entry) {
    const auto found = std::ranges::lower_bound(part.sections, entry, {}, &run_section::last);
    return static_cast<std::size_t>(found - part.sections.begin());
}

/// The block of the section in which `entry` would stand: the last one that does not begin after it, or the first.
std::size_t block_of(const run_section& section, const run_entry& entry) {
    const auto after = std::ranges::upper_bound(section.fences, entry);
    return after == section.fences.begin() ? 0 : static_cast<std::size_t>(after - section.fences.begin()) - 1;
}

}  // namespace

std::vector<run_entry> find_in_part(const run_part& part, const run_key& key, std::int64_t from, std::int64_t to,
                                    block_source blocks) {
    std::vector<run_entry> found;
    const run_entry lowest{key, from, 0};
    const run_entry highest{key, to, greatest};
    for (auto s = section_from(part, lowest); s < part.sections.size(); ++s) {
        const auto& section = part.sections[s];
        if (section.first() > highest) break;
        if (!section.filter.may_hold(key)) continue;
        for (auto b = block_of(section, lowest); b < section.fences.size() && section.fences[b] <= highest; ++b) {
            block_reader reader(blocks(static_cast<std::uint32_t>(s * section_blocks + b)));
            while (reader.next() && reader.entry() <= highest) {
                if (reader.entry() >= lowest) found.push_back(reader.entry());
            }
        }
    }
    return found;
}

std::optional<run_entry> find_last_in_part(const run_part& part, const run_key& key, block_source blocks) {
    const run_entry highest{key, greatest, greatest};
    // The section that holds it ends at or after it; the key's last entry may also be the end of the section before.
    auto s = section_from(part, highest);
    for (auto looked = 0; looked < 2; ++looked, --s) {
        if (s < part.sections.size() && part.sections[s].first() <= highest && part.sections[s].filter.may_hold(key)) {
            const auto b = block_of(part.sections[s], highest);
            block_reader reader(blocks(static_cast<std::uint32_t>(s * section_blocks + b)));
            std::optional<run_entry> found;
            while (reader.next() && reader.entry() <= highest) {
                if (reader.entry().key == key) found = reader.entry();
            }
            if (found) return found;
        }
        if (s == 0) break;
    }
    return std::nullopt;
}

run_cursor::run_cursor(const run_part& part, std::optional<run_entry> after) : part_(&part), after_(after) {
    if (!after_) return;
    section_ = section_from(part, *after_);
    if (section_ < part.sections.size()) block_ = block_of(part.sections[section_], *after_);
}

const run_entry* run_cursor::current(block_source blocks) {
    while (!standing_) {
        if (!reader_) {
            if (section_ == part_->sections.size()) return nullptr;
            bytes_ = blocks(static_cast<std::uint32_t>(section_ * section_blocks + block_));
            reader_.emplace(bytes_);
        }
        if (reader_->next()) {
            standing_ = !after_ || reader_->entry() > *after_;
            continue;
        }
        reader_.reset();
        if (++block_ == part_->sections[section_].fences.size()) {
            ++section_;
            block_ = 0;
        }
    }
    return &reader_->entry();
}

}  // namespace leftfold::inline v0::sqlite
