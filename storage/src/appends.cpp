#include <algorithm>
#include <unordered_set>

#include "store_core.hpp"

namespace leftfold::inline v0 {

namespace {

void check_event(const event_data& event, const stream_id& stream, const store_limits& limits) {
    check_event_type(event.type);
    if (event.payload.size() > limits.event_bytes)
        throw error(errc::event_too_large, "appending a " + event.type + " of " + std::to_string(event.payload.size()) +
                                               " bytes to " + to_string(stream) + ", where " +
                                               std::to_string(limits.event_bytes) + " are allowed");
    if (event.metadata.encoded().size() > limits.header_bytes)
        throw error(errc::headers_too_large, "appending a " + event.type + " with " +
                                                 std::to_string(event.metadata.encoded().size()) +
                                                 " bytes of headers to " + to_string(stream) + ", where " +
                                                 std::to_string(limits.header_bytes) + " are allowed");
}

void check_ids_differ(const std::vector<stream_append>& streams) {
    std::unordered_set<event_id, event_id_hash> seen;
    for (const auto& part : streams)
        for (const auto& event : part.events)
            if (!seen.insert(event.id).second)
                throw error(errc::id_reused, "appending two events under " + to_string(event.id));
}

}  // namespace

pending_append store_core::prepare(std::vector<stream_append> streams, append_options options) {
    check_open();
    if (!owner()) throw error(errc::read_only, "appending to a store that was opened for reading");
    if (streams.empty()) throw error(errc::invalid_argument, "appending to no stream");
    const auto partition = partition_of(streams.front().stream.key());
    pending_append append;
    append.looked_up = options.attempt == attempt::retry;
    for (auto& part : streams) {
        const auto name = to_string(part.stream);
        if (part.stream.key().empty()) throw error(errc::invalid_name, "appending to a stream without a name");
        if (part.events.empty()) throw error(errc::invalid_argument, "appending no events to " + name);
        if (const auto there = partition_of(part.stream.key()); there != partition)
            throw error(errc::different_partitions, "appending atomically to " + to_string(streams.front().stream) +
                                                        " in partition " + std::to_string(partition.value()) + " and " +
                                                        name + " in partition " + std::to_string(there.value()) +
                                                        "; streams that share a {routing key} share a partition");
        if (std::count_if(streams.begin(), streams.end(),
                          [&](const auto& other) { return other.stream == part.stream; }) > 1)
            throw error(errc::invalid_argument, "naming " + name + " twice in one append");
        for (auto& event : part.events) {
            check_event(event, part.stream, limits);
            append.bytes += event.payload.size() + event.metadata.encoded().size();
            if (event.id.is_nil())
                event.id = make_event_id(world.clock->wall_us(), *world.random);
            else if (options.attempt != attempt::fresh)
                append.looked_up = true;
        }
        append.events += part.events.size();
    }
    if (append.events > limits.batch_events)
        throw error(errc::batch_too_large, "appending " + std::to_string(append.events) + " events at once, where " +
                                               std::to_string(limits.batch_events) + " are allowed");
    if (append.looked_up) check_ids_differ(streams);
    append.streams = std::move(streams);
    return append;
}

partition_writer& store_core::writer(partition_id partition) {
    const std::lock_guard lock(making_);
    if (makes_no_writers_) throw error(errc::store_closed, "appending to a store that is closed");
    auto& writer = writers_[partition.value()];
    if (!writer) {
        writer = std::make_unique<partition_writer>(
            fences_[partition.value()],
            partition_writer::parts{
                .log = *parts.log,
                .index = *parts.index,
                .clock = *clock,
                .world = world,
                .limits = limits,
                .heads_bytes = limits.remembered_heads_bytes / parts.partitions,
                .committed = [this, partition](const partition_head& head) { on_commit(partition, head); },
                .given_up = [this, partition] { on_give_up(partition); },
                .doubted = [this, partition] { on_doubt(partition); },
                .raise_bound = [this] { raise_bound(); },
                .participants = participants_});
    }
    return *writer;
}

void store_core::settle(const leftfold::closed_state& found) {
    if (!found.held_by) return;
    const std::lock_guard lock(making_);
    if (!makes_no_writers_) writers_[found.held_by->value()]->settle();
}

void store_core::join(std::shared_ptr<commit_participant> who) {
    check_open();
    const auto name = std::string(who->name());
    if (!owner()) throw error(errc::read_only, "joining the commits of a store that was opened for reading: " + name);
    if (!parts.log->capabilities().same_transaction_projections ||
        dynamic_cast<participating_log*>(parts.log.get()) == nullptr)
        throw error(errc::unsupported, "joining commits: the log takes no participants, so not " + name + " either");
    const std::lock_guard lock(making_);
    for (const auto& writer : writers_)
        if (writer) throw error(errc::invalid_argument, "joining commits after the first append: " + name);
    if (auto* const late = dynamic_cast<late_participant*>(who.get()))
        for (auto& held : fences_) bring_up(held, *late);
    participants_.push_back(std::move(who));
}

/// Lets one that joins catch up with a partition that nobody has appended to.
void store_core::bring_up(fence& held, late_participant& who) {
    auto& log = dynamic_cast<participating_log&>(*parts.log);
    for (bool more = true; more;) {
        const auto report = log.write_rows(held, [&](group_transaction& in) {
            in.begin_append();
            try {
                more = who.catch_up(held.partition, in);
            } catch (const error&) {
                throw;
            } catch (const std::exception& e) {
                throw error(errc::io_error, e.what());
            }
            in.keep_append();
        });
        if (report.status == append_status::committed) continue;
        const error failed(report.cause, "joining commits: " + std::string(who.name()) + ": " + report.detail);
        held = parts.log->claim(held.partition, "leftfold");  // what was in doubt is settled by that
        throw error(failed);
    }
}

void join_commits(event_store& store, std::shared_ptr<commit_participant> who) { store.core()->join(std::move(who)); }

void store_core::fill_missed(append_outcome& outcome) {
    if (outcome.failure || outcome.value.has_value()) return;
    auto lost = outcome.value.error();
    const auto known = lost.expected.kind() == expected_version::rule::exactly ? lost.expected.at() : version{};
    if (lost.actual > known) {
        const auto count =
            std::min(limits.conflict_events, static_cast<std::size_t>(lost.actual.value() - known.value()));
        visit_stream(lost.stream, {.from = known.next(), .count = count}, [&](const event_view& event) {
            lost.missed.emplace_back(event);
            return true;
        });
    }
    if (world.observer) world.observer->on_conflict({lost.stream, known, lost.actual});
    outcome.value = append_result(std::move(lost));
}

void store_core::tell_observer(const append_result& outcome) const {
    if (!outcome || !world.observer) return;
    const auto events = outcome->position.at.value() - outcome->first.value() + 1;
    world.observer->on_append(
        {.last = outcome->position, .events = static_cast<std::size_t>(events), .repeated = outcome->repeated});
}

append_result event_store::append(const stream_id& stream, expected_version expected, std::vector<event_data> events,
                                  append_options options) {
    std::vector<stream_append> one;
    one.emplace_back(stream, expected, std::move(events));
    return append(std::move(one), options);
}

append_result event_store::append(std::vector<stream_append> streams, append_options options) {
    const auto partition = streams.empty() ? partition_id{} : partition_of(streams.front().stream);
    auto pending = core_->prepare(std::move(streams), options);
    auto outcome = core_->writer(partition).append(std::move(pending), options.queue);
    if (outcome.failure) throw error(std::move(*outcome.failure));
    core_->fill_missed(outcome);
    core_->tell_observer(outcome.value);
    return std::move(outcome.value);
}

void event_store::start_append(std::vector<stream_append> streams, append_options options, append_handler done) {
    pending_append pending;
    const auto partition = streams.empty() ? partition_id{} : partition_of(streams.front().stream);
    try {
        pending = core_->prepare(std::move(streams), options);
    } catch (const error& e) {
        done(e.code(), {});
        return;
    }
    pending.done = [core = core_.get(), done = std::move(done)](append_outcome outcome) mutable {
        if (outcome.cancelled) {
            done(std::make_error_code(std::errc::operation_canceled), {});
        } else if (outcome.failure) {
            done(outcome.failure->code(), {});
        } else if (outcome.value) {
            core->tell_observer(outcome.value);
            done({}, std::move(outcome.value));
        } else {  // what the loser missed is read beside the writer, not by it
            core->help([core, done = std::move(done), outcome = std::move(outcome)]() mutable {
                std::error_code failed;
                try {
                    core->fill_missed(outcome);
                } catch (const error& e) {
                    failed = e.code();
                    outcome.value = {};
                }
                done(failed, std::move(outcome.value));
            });
        }
    };
    partition_writer* writer = nullptr;
    try {
        writer = &core_->writer(partition);
    } catch (const error& e) {
        pending.done({e, {}});
        return;
    }
    writer->submit(std::move(pending), options.queue);
}

}  // namespace leftfold::inline v0
