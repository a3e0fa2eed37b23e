#include "memory_log.hpp"

#include <algorithm>
#include <mutex>

#include "integrity.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

event_view without_payload(event_view event) {
    event.payload = {};
    return event;
}

}  // namespace

memory_log::memory_log(std::uint32_t partitions) {
    for (std::uint32_t i = 0; i != partitions; ++i) partitions_.push_back(std::make_unique<partition_state>());
}

partition_head memory_log::partition_state::head() const {
    if (events.empty()) return {};
    const auto& last = events.back();
    return {last.at, last.recorded, last.integrity.chain};
}

const recorded_event* memory_log::partition_state::find(offset at) const {
    if (at.value() < 1 || at.value() > static_cast<std::int64_t>(events.size())) return nullptr;
    return &events[static_cast<std::size_t>(at.value() - 1)];
}

memory_log::partition_state& memory_log::state(partition_id partition) {
    if (partition.value() >= partitions_.size())
        throw error(errc::invalid_argument, "partition " + std::to_string(partition.value()));
    return *partitions_[partition.value()];
}

fence memory_log::claim(partition_id partition, std::string_view) {
    auto& here = state(partition);
    const std::unique_lock lock(here.mutex);
    return {partition, ++here.epoch, here.head()};
}

append_report memory_log::append(fence& held, std::span<const event_view> group) {
    auto& here = state(held.partition);
    const std::unique_lock lock(here.mutex);
    if (held.epoch != here.epoch) return {append_status::fenced, errc::fenced, "the partition was claimed again"};
    if (held.head != here.head()) return {append_status::head_moved, errc::fenced, "the head is elsewhere"};
    for (const auto& event : group) here.events.emplace_back(event);
    held.head = here.head();
    return {};
}

std::optional<partition_head> memory_log::resolve(fence& held, event_id first_of_group) {
    auto& here = state(held.partition);
    const std::shared_lock lock(here.mutex);
    const auto* next = here.find(held.head.at.next());
    if (next == nullptr || next->id != first_of_group) return std::nullopt;
    held.head = here.head();
    return held.head;
}

partition_head memory_log::head(partition_id partition) {
    auto& here = state(partition);
    const std::shared_lock lock(here.mutex);
    return here.head();
}

page_end memory_log::read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                          payloads wanted, event_sink sink) {
    auto& here = state(partition);
    page_end end{after, false};
    std::size_t given = 0;
    std::size_t bytes = 0;
    // The lock is held to find an event, not to give it: a sink may append. Stored events never move or change.
    for (std::size_t scanned = 0; scanned != limits.scanned && given < limits.events && bytes < limits.bytes;
         ++scanned) {
        const recorded_event* event = nullptr;
        if (end.scanned_to < limits.up_to) {
            const std::shared_lock lock(here.mutex);
            event = here.find(end.scanned_to.next());
        }
        if (event == nullptr) {
            end.at_end = true;
            return end;
        }
        end.scanned_to = event->at;
        const auto envelope = without_payload(event->view());
        check_envelope(envelope);
        if (!filter.matches(envelope)) continue;
        if (wanted == payloads::read) check_payload(event->view());
        ++given;
        bytes += event->payload.size();
        if (!sink(wanted == payloads::read ? event->view() : envelope)) break;
    }
    const std::shared_lock lock(here.mutex);
    end.at_end = end.scanned_to >= std::min(limits.up_to, here.head().at);
    return end;
}

void memory_log::read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) {
    auto& here = state(partition);
    for (const auto at : offsets) {
        const recorded_event* event = nullptr;
        {
            const std::shared_lock lock(here.mutex);
            event = here.find(at);
        }
        if (event == nullptr)
            throw error(errc::corrupt, "reading " + to_string(position{partition, at}) + ", which is not there");
        check_envelope(event->view());
        if (wanted == payloads::read) check_payload(event->view());
        if (!sink(wanted == payloads::read ? event->view() : without_payload(event->view()))) return;
    }
}

}  // namespace leftfold::inline v0
