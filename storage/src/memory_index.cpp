#include "memory_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

std::string name_of(std::string_view category, std::string_view key) {
    std::string name;
    name.reserve(category.size() + 1 + key.size());
    name.append(category).append(1, '-').append(key);
    return name;
}

}  // namespace

memory_index::memory_index(partition_log& log, std::uint32_t partitions) : log_(log) {
    tables_.reserve(partitions);
    for (std::uint32_t i = 0; i < partitions; ++i) tables_.push_back(std::make_unique<table>());
}

memory_index::~memory_index() = default;

void memory_index::table::take(const event_view& event) {
    if (event.at <= to) return;  // a look-up was faster and read it from the log
    if (event.at != to.next()) {
        throw error(errc::corrupt, fmt::format("indexing partition {}: offset {} follows {}", event.partition.value(),
                                               event.at.value(), to.value()));
    }
    auto& versions = streams[name_of(event.category, event.key)];
    if (event.version.value() != static_cast<std::int64_t>(versions.size()) + 1) {
        throw error(errc::corrupt,
                    fmt::format("indexing partition {}, offset {}: version {} follows {} in stream {}-{}",
                                event.partition.value(), event.at.value(), event.version.value(), versions.size(),
                                event.category, event.key));
    }
    versions.push_back(event.at);
    ids.emplace(event.id, event.at);
    to = event.at;
}

const std::vector<offset>* memory_index::table::find(const stream_id& stream) const {
    const auto found = streams.find(name_of(stream.category(), stream.key()));
    return found == streams.end() ? nullptr : &found->second;
}

memory_index::table& memory_index::table_of(partition_id partition) const {
    LEFTFOLD_ASSERT(partition.value() < tables_.size());
    return *tables_[partition.value()];
}

/// Reads the log from where the table ends. The table's mutex is held.
void memory_index::read_up_to(partition_id partition, table& into, offset to) {
    page_limits limits;
    limits.up_to = to;
    while (into.to < to) {
        const auto before = into.to;
        log_.read(partition, into.to, limits, {}, payloads::skip, [&](const event_view& event) {
            into.take(event);
            return true;
        });
        if (into.to == before) {
            throw error(errc::corrupt, fmt::format("indexing partition {}: the log ends at offset {}, not {}",
                                                   partition.value(), before.value(), to.value()));
        }
    }
}

/// Returns the table once it knows all that the log holds.
const memory_index::table& memory_index::caught_up(partition_id partition) {
    auto& asked = table_of(partition);
    const auto head = log_.head(partition).at;
    {
        const std::shared_lock lock(asked.mutex);
        if (asked.to >= head) return asked;
    }
    const std::unique_lock lock(asked.mutex);
    read_up_to(partition, asked, head);
    return asked;
}

void memory_index::add(partition_id partition, std::span<const event_view> committed) {
    if (committed.empty()) return;
    auto& grown = table_of(partition);
    const std::unique_lock lock(grown.mutex);
    // The first add of a store that was there before finds an empty table.
    read_up_to(partition, grown, committed.front().at.plus(-1));
    for (const auto& event : committed) grown.take(event);
}

std::optional<stream_head> memory_index::head(partition_id partition, const stream_id& stream) {
    const auto& asked = caught_up(partition);
    const std::shared_lock lock(asked.mutex);
    const auto* const versions = asked.find(stream);
    if (versions == nullptr) return std::nullopt;
    return stream_head{version(static_cast<std::int64_t>(versions->size())), versions->back()};
}

std::vector<offset> memory_index::find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                                       direction way) {
    const auto& asked = caught_up(partition);
    const std::shared_lock lock(asked.mutex);
    const auto* const versions = asked.find(stream);
    if (versions == nullptr) return {};
    const auto last = static_cast<std::int64_t>(versions->size());
    std::vector<offset> found;
    if (way == direction::forward) {
        const auto first = std::clamp<std::int64_t>(from.value() - 1, 0, last);
        const auto begin = versions->begin() + first;
        const auto given = std::min(count, static_cast<std::size_t>(last - first));
        found.assign(begin, begin + static_cast<std::ptrdiff_t>(given));
    } else {
        const auto end = std::clamp<std::int64_t>(from.value(), 0, last);
        const auto begin = versions->rbegin() + (last - end);
        const auto given = std::min(count, static_cast<std::size_t>(end));
        found.assign(begin, begin + static_cast<std::ptrdiff_t>(given));
    }
    return found;
}

std::optional<offset> memory_index::find_id(partition_id partition, const event_id& id) {
    const auto& asked = caught_up(partition);
    const std::shared_lock lock(asked.mutex);
    const auto found = asked.ids.find(id);
    return found == asked.ids.end() ? std::nullopt : std::optional(found->second);
}

offset memory_index::indexed_to(partition_id partition) {
    const auto& asked = caught_up(partition);
    const std::shared_lock lock(asked.mutex);
    return asked.to;
}

void memory_index::rebuild(partition_id partition) {
    auto& asked = table_of(partition);
    const std::unique_lock lock(asked.mutex);
    asked.streams.clear();
    asked.ids.clear();
    asked.to = offset{};
    read_up_to(partition, asked, log_.head(partition).at);
}

}  // namespace leftfold::inline v0
