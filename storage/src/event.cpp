#include "leftfold/storage/event.hpp"

#include <algorithm>
#include <utility>

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10;

}  // namespace

recorded_event::recorded_event(const event_view& view)
    : partition(view.partition),
      at(view.at),
      recorded(view.recorded),
      occurred(view.occurred),
      stream(std::string(view.category), std::string(view.key)),
      version(view.version),
      type(view.type),
      id(view.id),
      metadata(view.metadata),
      payload(view.payload),
      integrity(view.integrity) {}

event_view recorded_event::view() const {
    return {.partition = partition,
            .at = at,
            .recorded = recorded,
            .occurred = occurred,
            .category = stream.category(),
            .key = stream.key(),
            .version = version,
            .type = type,
            .id = id,
            .metadata = metadata,
            .payload = payload,
            .integrity = integrity};
}

event_page::event_page() = default;
event_page::~event_page() = default;

event_page::event_page(event_page&& other) noexcept
    : events_(std::exchange(other.events_, {})),
      blocks_(std::exchange(other.blocks_, {})),
      block_(std::exchange(other.block_, 0)),
      used_(std::exchange(other.used_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {}

event_page& event_page::operator=(event_page&& other) noexcept {
    if (this == &other) return *this;
    events_ = std::exchange(other.events_, {});
    blocks_ = std::exchange(other.blocks_, {});
    block_ = std::exchange(other.block_, 0);
    used_ = std::exchange(other.used_, 0);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
}

void event_page::add(const event_view& event) {
    auto kept = event;
    kept.category = keep(event.category);
    kept.key = keep(event.key);
    kept.type = keep(event.type);
    kept.metadata = headers_view(keep(event.metadata.encoded()));
    kept.payload = keep(event.payload);
    events_.push_back(kept);
}

void event_page::clear() {
    events_.clear();
    block_ = 0;
    used_ = 0;
    bytes_ = 0;
}

std::string_view event_page::keep(std::string_view bytes) {
    if (bytes.empty()) return {};
    // What is left of a block is given up when a string does not fit: that costs at most one long string a block.
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < bytes.size()) {
        ++block_;
        used_ = 0;
    }
    if (block_ == blocks_.size()) {
        const auto size = std::max(block_bytes, bytes.size());
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    }
    char* const to = blocks_[block_].memory.get() + used_;
    std::ranges::copy(bytes, to);
    used_ += bytes.size();
    bytes_ += bytes.size();
    return {to, bytes.size()};
}

}  // namespace leftfold::inline v0
