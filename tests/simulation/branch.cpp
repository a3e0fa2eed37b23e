#include "simulation/branch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"

namespace leftfold::simulation {

void branch::begin(event_store opened, std::shared_ptr<process_life> life) {
    store_.emplace(std::move(opened));
    life_ = std::move(life);
    told_.recover(*store_, cut(told_.partitions()));
    for (std::uint32_t p = 0; p != told_.partitions(); ++p) told_.commit(partition_id(p));
}

void branch::committed(partition_id partition) { told_.commit(partition); }

void branch::append(std::int64_t request, const std::vector<stream_append>& streams) {
    const auto partition = store_->partition_of(streams.front().stream);
    std::int64_t events = 0;
    for (const auto& each : streams) events += static_cast<std::int64_t>(each.events.size());
    const auto known = std::ranges::count(told_.log(partition), request, &entry::request);
    try {
        const auto done = store_->append(streams, {.attempt = attempt::retry}).value();
        if (life_->is_over) return;
        if (done.repeated != (known == events))
            complain(fmt::format("of request {} it knew {} of {} events, and says that it {}", request, known, events,
                                 done.repeated ? "knew them" : "did not"));
        if (told_.log(partition)[static_cast<std::size_t>(done.first.value() - 1)].request != request)
            complain(fmt::format("request {} is said to stand at {}", request, done.first.value()));
    } catch (const error& failed) {
        // A cut may go through the events of one append.
        if (failed.kind() != errc::partial_duplicate || life_->is_over) throw;
        if (known == 0 || known == events) complain(fmt::format("request {}: {}", request, failed.what()));
    }
}

void branch::read(const stream_id& stream) {
    version next{1};
    store_->visit_stream(stream, {}, [&](const event_view& event) {
        if (!life_->is_over && (event.version != next || !told_.holds(event)))
            complain(fmt::format("version {} of {} reads as another event", next.value(), to_string(stream)));
        next = next.next();
        return true;
    });
    if (next != told_.head(stream).next() && !told_.is_in_doubt() && !life_->is_over)
        complain(fmt::format("{} has {} versions, and {} were read", to_string(stream), told_.head(stream).value(),
                             next.value() - 1));
}

}  // namespace leftfold::simulation
