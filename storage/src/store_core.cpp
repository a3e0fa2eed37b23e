#include "store_core.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "deadline.hpp"
#include "fork_guard.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

// What a store's owner told everyone of was durable before, so that a log which ends below it has lost its newest
// events. A weaker level promises less, and the events of another epoch are others. Before anything is claimed: a store
// that is damaged stays as it is.
void refuse_lost_tails(const store_parts& parts) {
    const auto told = parts.bulletin->read();  // before the heads are: beside an owner they may only have grown since
    if (!told || told->epoch != parts.epoch || told->heads.size() != parts.partitions) return;
    if (parts.log->capabilities().level != durability::power_loss) return;
    for (std::uint32_t p = 0; p != parts.partitions; ++p) {
        const position missing{partition_id(p), parts.log->head(partition_id(p)).at.next()};
        if (missing.at <= told->heads[p])
            throw error(
                errc::corrupt,
                fmt::format("opening a store: event {} (partition:offset) and those after it are gone; its owner "
                            "had committed offset {}",
                            to_string(missing), told->heads[p].value()));
    }
}

}  // namespace

store_core::store_core(store_parts given, store_options options)
    : parts(std::move(given)),
      limits(options.limits),
      world(complete(options.world)),
      generation_(fork_generation()),
      writers_(parts.partitions) {
    for (std::uint32_t p = 0; p != parts.partitions; ++p)
        time_fences_.push_back(std::make_unique<time_fences>(time_fences::total_max / parts.partitions));
    refuse_lost_tails(parts);
    if (!owner()) return;
    cut heads(parts.partitions);
    std::vector<recorded_at> last;
    auto latest = recorded_at::from_micros(0);
    for (std::uint32_t p = 0; p != parts.partitions; ++p) {
        fences_.push_back(parts.log->claim(partition_id(p), "leftfold"));
        const auto& head = fences_.back().head;
        heads.set(partition_id(p), head.at);
        time_fences_[p]->saw_head({head.at, head.recorded});
        last.push_back(head.recorded);
        latest = std::max(latest, head.recorded);
    }
    const auto bound = parts.bulletin->clock_bound().value_or(latest);
    clock = std::make_unique<hybrid_clock>(*world.clock, limits, std::max(latest, bound), bound);
    grown = std::make_unique<growth>(std::move(heads), std::move(last));
    raise_bound();
    publish();
    parts.bulletin->answer([this](recorded_at asked) {
        try {
            raise_bound();
        } catch (const error& e) {  // then the answer is what the old bound allows
            if (world.observer) world.observer->on_warning(e.what());
        }
        clock->close(asked);
        settle(clock->state());
        publish();
    });
    if (clock->trouble() != errc::ok && world.observer)
        world.observer->on_warning(
            "the store's clock is further ahead of the wall clock than it may be: appends are "
            "refused until the wall clock catches up or is accepted");
}

store_core::~store_core() { close(std::chrono::seconds{0}); }

void store_core::check_open() const {
    if (generation_ != fork_generation()) throw error(errc::forked, "using a store");
    if (closed_) throw error(errc::store_closed, "using a store");
}

void store_core::check_partition(partition_id partition) const {
    if (partition.value() >= parts.partitions)
        throw error(errc::invalid_argument, "partition " + std::to_string(partition.value()) + " of a store with " +
                                                std::to_string(parts.partitions));
}

void store_core::post(std::unique_ptr<executor>& on, unique_function<void()> task) {
    {
        const std::lock_guard lock(making_);
        if (!takes_no_tasks_) {
            if (!on) on = world.executors->make_executor();
            return on->post(std::move(task));
        }
    }
    task();
}

void store_core::on_commit(partition_id partition, const partition_head& head) {
    // Before anyone hears of the new head, and while the old one still shows: what lies between them is one group.
    time_fences_[partition.value()]->grew(grown->heads().at(partition), {head.at, head.recorded});
    grown->moved(partition, head.at, head.recorded, [&] { clock->release(partition); });
    publish();
    // Ahead of need and off the commit path; one task at a time.
    if (clock->wanted_bound() && !raising_.exchange(true)) {
        help([this] {
            try {
                raise_bound();
            } catch (const error& e) {
                if (world.observer) world.observer->on_warning(e.what());
            }
            raising_ = false;
        });
    }
}

void store_core::on_give_up(partition_id partition) {
    clock->release(partition);
    grown->stirred();
}

void store_core::on_doubt(partition_id partition) {
    clock->doubt(partition);
    publish();
}

void store_core::publish() {
    const std::lock_guard lock(publishing_);
    // The closed time is read before the heads: every event at or below it is then below them.
    const auto closed = clock->state();
    const auto heads = grown->heads();
    bulletin_page page{.epoch = parts.epoch, .sequence = ++sequence_, .closed = closed};
    for (std::uint32_t p = 0; p != parts.partitions; ++p) page.heads.push_back(heads.at(partition_id(p)));
    parts.bulletin->publish(page);
}

// One at a time: a lower bound saved after a higher one would let a restart repeat times.
void store_core::raise_bound() {
    const std::lock_guard lock(saving_bound_);
    const auto bound = clock->wanted_bound();
    if (!bound) return;
    parts.bulletin->save_clock_bound(*bound);
    clock->raise_bound(*bound);
}

void store_core::close(std::chrono::milliseconds deadline) {
    const std::lock_guard once(close_mutex_);
    if (closed_.exchange(true)) return;
    if (generation_ != fork_generation()) return;  // the parent's files are none of a child's business
    const auto until = deadline_after(deadline);
    listening.reset();
    if (owner() && clock) {
        parts.bulletin->stop_answering();
        {
            const std::lock_guard lock(making_);
            makes_no_writers_ = true;
        }
        for (auto& writer : writers_)
            if (writer) writer->close(until);
        grown->close();
    } else {
        parts.bulletin->end_waits();
    }
    {
        const std::lock_guard lock(making_);
        takes_no_tasks_ = true;
    }
    waker_.reset();
    helper_.reset();
    if (!owner() || !clock) return;
    try {  // a clean end: the next owner's clock goes on from here, not from the bound
        publish();
        parts.bulletin->save_clock_bound(clock->closed());
    } catch (const error& e) {
        if (world.observer) world.observer->on_warning(e.what());
    }
}

}  // namespace leftfold::inline v0
