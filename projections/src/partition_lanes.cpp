#include "partition_lanes.hpp"

#include <algorithm>

#include "batched_fold.hpp"
#include "model_board.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Waking a thread costs as much as folding some hundred events.
constexpr std::size_t worth_a_thread = 1'000;

}  // namespace

/// One partition's instance, and where it is.
struct partition_lanes::lane_of_one {
    partition_id partition;
    lane_side side;
    std::unique_ptr<projection_base> instance;
    recorded_at through = recorded_at::min();  // nothing of the partition that was recorded up to here is missing

    // Of this round
    offset at{};
    std::size_t events = 0;
    std::optional<passed> last{};
    std::optional<position> failed_at{};
    std::exception_ptr failure{};

    void forget() {
        for (auto* part : projection_access::parts(*instance)) part->forget();
    }
};

partition_lanes::partition_lanes(event_store& store, const make_projection& make, const projection_options& options,
                                 const event_filter& filter, const model_place& rows)
    : store_(store.core()),
      options_(options),
      filter_(filter),
      share_(store_.world()),
      decoders_(store_.world(), options_.batch.ahead) {
    for (std::uint32_t p = 0; p != store_.partitions(); ++p) {
        auto& lane = *lanes_.emplace_back(std::make_unique<lane_of_one>(
            lane_of_one{.partition = partition_id(p), .side = lane_side(rows), .instance = make()}));
        projection_access::stand_on(*lane.instance, lane.side);
        projection_access::divide_rows(*lane.instance, store_.partitions());
    }
}

partition_lanes::~partition_lanes() = default;

partition_lanes::outcome partition_lanes::fold(const cut& after, const cut& up_to, recorded_at closed,
                                               function_ref<bool()> goes_on) {
    std::vector<lane_of_one*> busy;
    for (auto& each : lanes_) {
        each->at = after.at(each->partition);
        each->events = 0;
        each->last.reset();
        each->failed_at.reset();
        each->failure = nullptr;
        if (each->at < up_to.at(each->partition))
            busy.push_back(each.get());
        else
            each->through = std::max(each->through, closed);
    }
    const auto share_of = [&](std::size_t all) {
        return std::max<std::size_t>(all / std::max<std::size_t>(busy.size(), 1), 1);
    };
    const flush_options within{
        .events = share_of(options_.flush.events), .rows = share_of(options_.flush.rows), .cached_rows = held_max()};
    const auto at_once = events_between(after, up_to) < worth_a_thread ? 1 : options_.lanes_at_once;
    share_.run(busy.size(), at_once,
               [&](std::size_t i) { fold_one(*busy[i], up_to.at(busy[i]->partition), closed, within, goes_on); });

    outcome made{.reached = after, .through = recorded_at::max()};
    for (const auto& each : lanes_) {
        made.reached.set(each->partition, each->at);
        made.events += each->events;
        made.through = std::min(made.through, each->through);
        if (each->last) made.last.push_back(*each->last);
        if (!each->failure || (made.failure && !made.failed_at)) continue;
        // What is no event's fault comes first: it concerns all lanes.
        if (made.failure && each->failed_at) continue;
        made.failure = each->failure;
        made.failed_at = each->failed_at;
    }
    return made;
}

/// Folds events of one partition until there is none, or no room. Keeps what goes wrong for the thread that asked.
void partition_lanes::fold_one(lane_of_one& lane, offset up_to, recorded_at closed, const flush_options& within,
                               function_ref<bool()> goes_on) {
    try {
        const auto fold_event = [&](const event_batch& batch, std::size_t i) {
            const auto& event = batch.events()[i];
            lane.failed_at = event.position();
            projection_access::apply(*lane.instance, batch, i, nullptr);
            lane.failed_at.reset();
            lane.at = event.at;
            lane.last = {event.position(), event.integrity.chain};
            lane.through = std::max(lane.through, event.recorded);
            ++lane.events;
            return goes_on();
        };
        batched_fold folding(*lane.instance, options_, within, decoders_, fold_event);
        lane.side.begin();
        auto given = lane.at;
        bool takes_more = true;
        const auto take = [&](const event_view& event) { return takes_more = folding.take(event); };
        while (takes_more && given < up_to)
            given = store_.read_partition(lane.partition, given, {.up_to = up_to}, filter_, payloads::read, take)
                        .scanned_to;
        folding.finish();
        lane.at = folding.folded(given);
        if (lane.at == up_to) lane.through = std::max(lane.through, closed);
    } catch (const std::bad_alloc&) {
        lane.failed_at.reset();  // which is no fault of the event
        lane.failure = std::current_exception();
    } catch (...) {
        if (lane.side.is_broken()) lane.failed_at.reset();  // nor is that
        lane.failure = std::current_exception();
    }
    lane.side.end();
}

void partition_lanes::visit(function_ref<void(projection_base&)> instance) const {
    for (const auto& each : lanes_) instance(*each->instance);
}

bool partition_lanes::has_pending() const {
    return std::any_of(lanes_.begin(), lanes_.end(),
                       [](const auto& each) { return projection_access::pending(*each->instance) > 0; });
}

void partition_lanes::flush(model_side& to) {
    for (auto& each : lanes_)
        for (auto* part : projection_access::parts(*each->instance)) part->flush(to);
}

/// How many rows one lane may hold.
std::size_t partition_lanes::held_max() const {
    return std::max<std::size_t>(options_.flush.cached_rows / lanes_.size(), 1);
}

void partition_lanes::forget() {
    for (auto& each : lanes_) each->forget();
}

void partition_lanes::trim() {
    for (auto& each : lanes_)
        if (projection_access::held(*each->instance) >= held_max()) each->forget();
}

}  // namespace leftfold::inline v0::detail
