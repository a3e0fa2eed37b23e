#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "simulation/clients.hpp"

namespace leftfold::simulation {

void reader::begin() {
    world_.runs.after(std::chrono::microseconds{world_.luck.between(0, 4 * world_.thinks.count())}, [this] {
        if (world_.at.is_up()) read();
        if (world_.begins_new) begin();
    });
}

void reader::read() {
    ++world_.operations;
    const auto life = world_.at.life();
    try {
        switch (world_.luck.below(6)) {
            case 0:
                read_page();
                break;
            case 1:
                read_merged();
                break;
            case 2:
                look_at_heads();
                break;
            default:
                read_stream();
        }
    } catch (const error& failed) {
        world_.notes.note("read failed", static_cast<std::int64_t>(failed.kind()));
        if (!life->is_over && failed.kind() != errc::io_error)
            world_.told.found().complain(std::string("reading: ") + failed.what());
    }
}

void reader::read_stream() {
    const auto owner = world_.luck.below(world_.names.accounts);
    const auto stream = world_.luck.one_in(4) ? world_.names.ledger(owner) : world_.names.account(owner);
    const auto places = world_.told.log().places(stream);
    const auto size = static_cast<std::int64_t>(places.size());
    const auto way = world_.luck.one_in(2) ? direction::forward : direction::backward;
    const auto from = version(world_.luck.between(1, std::max<std::int64_t>(1, size)));
    const auto count = static_cast<std::size_t>(world_.luck.between(1, 20));
    const auto life = world_.at.life();
    auto at = from;
    std::size_t given = 0;
    world_.at.store().visit_stream(stream, {.from = from, .way = way, .count = count}, [&](const event_view& event) {
        ++given;
        if (!life->is_over && (event.version != at || !world_.told.log().holds(event)))
            world_.told.found().complain(
                fmt::format("version {} of {} reads as another event", at.value(), leftfold::to_string(stream)));
        at = at.plus(way == direction::forward ? 1 : -1);
        return true;
    });
    const auto there = size == 0 ? 0 : way == direction::forward ? size - from.value() + 1 : from.value();
    if (life->is_over || world_.told.log().is_in_doubt()) return;
    if (given != std::min<std::size_t>(count, static_cast<std::size_t>(there)))
        world_.told.found().complain(fmt::format("{} has {} versions from {} on, and {} of {} were read",
                                                 leftfold::to_string(stream), there, from.value(), given, count));
    world_.notes.note("read stream", size, static_cast<std::int64_t>(given));
}

void reader::read_page() {
    const partition_id partition(static_cast<std::uint32_t>(world_.luck.below(world_.told.log().partitions())));
    const auto size = static_cast<std::int64_t>(world_.told.log().log(partition).size());
    const offset after(world_.luck.between(0, size));
    const auto life = world_.at.life();
    auto next = after.next();
    const auto end = world_.at.store().read_partition(
        partition, after, {.events = 20}, {}, payloads::read, [&](const event_view& event) {
            if (!life->is_over && (event.at != next || !world_.told.log().holds(event)))
                world_.told.found().complain("offset " + leftfold::to_string(event.position()) +
                                             " reads as another event");
            next = next.next();
            return true;
        });
    if (life->is_over || world_.told.log().is_in_doubt()) return;
    if (end.scanned_to.value() != std::min(size, after.value() + 20))
        world_.told.found().complain(
            fmt::format("a page after {} of {} ended at {}", after.value(), size, end.scanned_to.value()));
    world_.notes.note("read page", after.value(), end.scanned_to.value());
}

// All that is closed, in the order of the whole store.
void reader::read_merged() {
    const auto life = world_.at.life();
    const auto up_to = world_.at.store().closed_cut();
    auto after = up_to;
    for (std::uint32_t p = 0; p != up_to.partitions(); ++p)
        after.set(partition_id(p), offset(std::max<std::int64_t>(0, up_to.at(partition_id(p)).value() - 10)));
    auto last = recorded_at::min();
    std::int64_t given = 0;
    world_.at.store().read_all(after, up_to, {}, payloads::read, [&](const event_view& event) {
        ++given;
        if (!life->is_over && (event.recorded <= last || !world_.told.log().holds(event)))
            world_.told.found().complain("the merged log is out of order at " + leftfold::to_string(event.position()));
        last = event.recorded;
        return true;
    });
    world_.notes.note("read merged", given, last.micros());
}

void reader::look_at_heads() {
    const auto heads = world_.at.store().heads();
    if (!world_.told.log().is_in_doubt() && heads != world_.told.log().heads())
        world_.told.found().complain("the heads are " + leftfold::to_string(heads) + ", not " +
                                     leftfold::to_string(world_.told.log().heads()));
}

}  // namespace leftfold::simulation
