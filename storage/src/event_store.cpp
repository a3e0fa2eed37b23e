#include "leftfold/storage/event_store.hpp"

#include "store_core.hpp"

namespace leftfold::inline v0 {

event_store::event_store(store_parts parts, store_options options)
    : core_(std::make_shared<store_core>(std::move(parts), std::move(options))) {}

event_store::event_store(std::shared_ptr<store_core> core) : core_(std::move(core)), closes_(false) {}

event_store::~event_store() {
    if (core_ && closes_) core_->close(std::chrono::seconds{5});
}

event_store::event_store(event_store&&) noexcept = default;

event_store& event_store::operator=(event_store&& other) noexcept {
    if (this == &other) return *this;
    if (core_ && closes_) core_->close(std::chrono::seconds{5});
    core_ = std::move(other.core_);
    closes_ = other.closes_;
    return *this;
}

store_id event_store::id() const { return core_->parts.id; }
store_epoch event_store::epoch() const { return core_->parts.epoch; }
std::uint32_t event_store::partitions() const { return core_->parts.partitions; }
leftfold::access event_store::access() const { return core_->parts.access; }
log_capabilities event_store::capabilities() const { return core_->parts.log->capabilities(); }
const store_limits& event_store::limits() const { return core_->limits; }
const environment& event_store::world() const { return core_->world; }
partition_id event_store::partition_of(const stream_id& stream) const { return core_->partition_of(stream.key()); }

std::optional<version> event_store::head(const stream_id& stream) {
    core_->check_open();
    const auto found = core_->parts.index->head(partition_of(stream), stream);
    if (!found) return std::nullopt;
    return found->version;
}

std::vector<recorded_event> event_store::read_stream(const stream_id& stream, stream_read options) {
    std::vector<recorded_event> events;
    core_->visit_stream(stream, options, [&](const event_view& event) {
        events.emplace_back(event);
        return true;
    });
    return events;
}

std::size_t event_store::visit_stream(const stream_id& stream, stream_read options, event_sink sink) {
    return core_->visit_stream(stream, options, sink);
}

std::optional<position> event_store::find_event(const stream_id& stream, const event_id& id) {
    core_->check_open();
    const auto partition = partition_of(stream);
    const auto at = core_->parts.index->find_id(partition, id);
    if (!at) return std::nullopt;
    return leftfold::position{partition, *at};
}

void event_store::start_read_stream(stream_id stream, stream_read options, read_handler done) {
    core_->help([core = core_.get(), stream = std::move(stream), options, done = std::move(done)]() mutable {
        std::vector<recorded_event> events;
        std::error_code failed;
        try {
            core->visit_stream(stream, options, [&](const event_view& event) {
                events.emplace_back(event);
                return true;
            });
        } catch (const error& e) {
            failed = e.code();
            events.clear();
        }
        done(failed, std::move(events));
    });
}

page_end event_store::read_partition(partition_id partition, offset after, const page_limits& limits,
                                     const event_filter& filter, payloads wanted, event_sink sink) {
    core_->check_open();
    core_->check_partition(partition);
    return core_->parts.log->read(partition, after, limits, filter, wanted, sink);
}

cut event_store::read_all(const cut& after, const cut& up_to, const event_filter& filter, payloads wanted,
                          event_sink sink) {
    return core_->read_all(after, up_to, filter, wanted, sink);
}

void event_store::read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) {
    core_->check_open();
    core_->check_partition(partition);
    core_->parts.log->read_at(partition, offsets, wanted, sink);
}

cut event_store::heads() { return core_->heads(); }

partition_head event_store::head_of(partition_id partition) {
    core_->check_open();
    core_->check_partition(partition);
    return core_->parts.log->head(partition);
}

recorded_at event_store::closed() { return core_->closed(); }
cut event_store::closed_cut() { return core_->closed_cut(); }
cut event_store::cut_at(recorded_at when, as_of_options options) { return core_->cut_at(when, options); }
offset event_store::offset_at(partition_id partition, recorded_at when) { return core_->offset_at(partition, when); }
void event_store::accept_clock() { core_->accept_clock(); }
snapshot_store& event_store::snapshots() { return *core_->parts.snapshots; }
checkpoint_store& event_store::checkpoints() { return *core_->parts.checkpoints; }
partition_log& event_store::log() { return *core_->parts.log; }
stream_index& event_store::index() { return *core_->parts.index; }

closed_state closed_state_of(event_store& store) { return store.core()->closed_state(); }
seal_report seal(event_store& store, recorded_at at_least) { return store.core()->seal(at_least); }

void event_store::close(std::chrono::milliseconds deadline) {
    if (core_) core_->close(deadline);
}

}  // namespace leftfold::inline v0
