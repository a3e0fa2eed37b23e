#include "simulation/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "simulation/domain.hpp"
#include "simulation/request.hpp"

namespace leftfold::simulation {

namespace {

std::string name_of(std::string_view category, std::string_view key) {
    std::string name;
    name.reserve(category.size() + key.size() + 1);
    return name.append(category).append("-").append(key);
}

std::size_t mix(std::size_t hash, std::string_view bytes) {
    return (hash ^ std::hash<std::string_view>()(bytes)) * 0x9e3779b97f4a7c15U;
}

}  // namespace

std::size_t history::number_of(std::string_view category, std::string_view key) const {
    const auto known = streams_.find(name_of(category, key));
    return known == streams_.end() ? unknown : known->second;
}

std::size_t history::number_for(std::string_view category, std::string_view key) {
    const auto [known, is_new] = streams_.try_emplace(name_of(category, key), places_.size());
    if (is_new) places_.emplace_back();
    return known->second;
}

entry history::entry_of(const event_view& event, std::size_t stream) const {
    return {.request = request_number(event.payload),
            .answers = answered_number(event.payload),
            .is_reminder = event.type == reminded::event_type,
            .stream = stream,
            .version = event.version,
            .recorded = event.recorded,
            .occurred = event.occurred,
            .id = event.id,
            .content = mix(mix(mix(0, event.type), event.metadata.encoded()), event.payload)};
}

void history::complain(const event_view& event, const std::string& what) {
    found_.complain(fmt::format("event {} of {}-{}: {}", to_string(event.position()), event.category, event.key, what));
}

void history::offer(partition_id partition, std::span<const event_view> group) {
    auto& here = at(partition);
    if (!here.doubt.empty()) found_.complain("a group is stored while another one is in doubt");
    auto next = offset(static_cast<std::int64_t>(here.log.size()) + 1);
    std::unordered_map<std::size_t, version> grown;
    for (const auto& event : group) {
        const auto stream = number_for(event.category, event.key);
        if (event.at != next) complain(event, fmt::format("its offset should be {}", next.value()));
        auto& last = grown.try_emplace(stream, static_cast<std::int64_t>(places_[stream].size())).first->second;
        if (event.version != last.next())
            complain(event, fmt::format("its version {} follows {}", event.version.value(), last.value()));
        if (event.recorded <= last_offered_) complain(event, "it is recorded before an earlier one");
        if (event.recorded <= closed_)
            complain(event, fmt::format("it is recorded {} µs before what was closed",
                                        closed_.micros() - event.recorded.micros()));
        last = event.version;
        next = next.next();
        last_offered_ = event.recorded;
        here.doubt.push_back(entry_of(event, stream));
    }
}

std::span<const entry> history::commit(partition_id partition) {
    auto& here = at(partition);
    const auto before = here.log.size();
    for (auto& each : here.doubt) {
        here.log.push_back(each);
        places_[each.stream].emplace_back(static_cast<std::int64_t>(here.log.size()));
    }
    here.doubt.clear();
    return std::span(here.log).subspan(before);
}

void history::drop(partition_id partition) { at(partition).doubt.clear(); }

void history::closed(recorded_at until) {
    if (until < closed_) found_.complain(fmt::format("closed() went back by {} µs", closed_.micros() - until.micros()));
    closed_ = std::max(closed_, until);
}

bool history::is_in_doubt() const {
    return std::ranges::any_of(partitions_, [](const auto& each) { return !each.doubt.empty(); });
}

version history::head(const stream_id& stream) const {
    return version(static_cast<std::int64_t>(places(stream).size()));
}

std::span<const offset> history::places(const stream_id& stream) const {
    const auto number = number_of(stream.category(), stream.key());
    return number == unknown ? std::span<const offset>() : std::span<const offset>(places_[number]);
}

cut history::heads() const {
    cut found(partitions());
    for (std::uint32_t p = 0; p != partitions(); ++p)
        found.set(partition_id(p), offset(static_cast<std::int64_t>(partitions_[p].log.size())));
    return found;
}

cut history::cut_at(recorded_at when) const {
    cut found(partitions());
    for (std::uint32_t p = 0; p != partitions(); ++p) {
        const auto& log = partitions_[p].log;
        const auto end = std::ranges::upper_bound(log, when, {}, &entry::recorded);
        found.set(partition_id(p), offset(end - log.begin()));
    }
    return found;
}

std::int64_t history::events() const {
    std::int64_t sum = 0;
    for (const auto& each : partitions_) sum += static_cast<std::int64_t>(each.log.size());
    return sum;
}

bool history::holds(const event_view& event) const {
    const auto& here = at(event.partition);
    const auto place = static_cast<std::size_t>(event.at.value() - 1);
    const auto seen = entry_of(event, number_of(event.category, event.key));
    if (place < here.log.size()) return here.log[place] == seen;
    return place - here.log.size() < here.doubt.size() && here.doubt[place - here.log.size()] == seen;
}

history history::up_to(const cut& at) const {
    history made(partitions(), found_);
    made.streams_ = streams_;
    made.places_.resize(places_.size());
    for (std::uint32_t p = 0; p != partitions(); ++p) {
        const auto& log = partitions_[p].log;
        auto& copy = made.partitions_[p].log;
        copy.assign(log.begin(), log.begin() + at.at(partition_id(p)).value());
        for (std::size_t i = 0; i != copy.size(); ++i)
            made.places_[copy[i].stream].emplace_back(static_cast<std::int64_t>(i) + 1);
        if (!copy.empty()) made.last_offered_ = std::max(made.last_offered_, copy.back().recorded);
    }
    return made;
}

void history::recover(event_store& store, const cut& from) {
    for (std::uint32_t p = 0; p != partitions(); ++p) {
        const partition_id partition(p);
        auto& here = at(partition);
        const auto committed = static_cast<std::int64_t>(here.log.size());
        const auto head = store.head_of(partition).at.value();
        if (head < committed)
            found_.complain(fmt::format("{} committed events of partition {} are lost", committed - head, p));
        if (head > committed && head != committed + static_cast<std::int64_t>(here.doubt.size()))
            found_.complain(fmt::format("partition {} ends at {}: {} were committed and {} in doubt", p, head,
                                        committed, here.doubt.size()));
        auto after = from.at(partition);
        for (page_end end; !end.at_end && found_.is_sound(); after = end.scanned_to)
            end = store.read_partition(partition, after, {}, {}, payloads::read, [&](const event_view& event) {
                if (!holds(event)) complain(event, "it is not what was committed there");
                return found_.is_sound();
            });
        if (head <= committed) drop(partition);
    }
    // The times of a group that was lost in doubt may be given again: nobody has seen them.
    last_offered_ = recorded_at::min();
    for (const auto& each : partitions_)
        for (const auto* part : {&each.log, &each.doubt})
            if (!part->empty()) last_offered_ = std::max(last_offered_, part->back().recorded);
}

}  // namespace leftfold::simulation
