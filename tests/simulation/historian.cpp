#include "simulation/historian.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"

namespace leftfold::simulation {

namespace {

constexpr std::int64_t events_compared = 8;  // the newest of each partition at the cut

std::size_t fold(std::size_t hash, const event_view& event) {
    const auto add = [&](std::size_t more) { hash = (hash ^ more) * 0x9e3779b97f4a7c15U; };
    const std::hash<std::string_view> of;
    add(static_cast<std::size_t>(event.at.value()));
    add(static_cast<std::size_t>(event.recorded.micros()));
    add(static_cast<std::size_t>(event.occurred.micros()));
    add(of(event.category));
    add(of(event.key));
    add(of(event.type));
    add(of(event.metadata.encoded()));
    add(of(event.payload));
    return hash;
}

}  // namespace

void historian::begin() {
    const std::chrono::microseconds pause{world_.luck.between(0, world_.thinks.count() / 4)};
    world_.runs.after(world_.begins_new ? pause : std::chrono::microseconds{1}, [this] {
        if (!world_.begins_new && open_.empty()) return;
        if (world_.at.is_up()) ask();
        begin();
    });
}

recorded_at historian::draw_time() {
    const auto closed = world_.told.log().closed().micros();
    const partition_id partition(static_cast<std::uint32_t>(world_.luck.below(world_.told.log().partitions())));
    const auto& log = world_.told.log().log(partition);
    // The times of events, and those just before, are where a cut can be wrong by one.
    if (!log.empty() && world_.luck.one_in(2))
        return recorded_at::from_micros(log[world_.luck.below(log.size())].recorded.micros() -
                                        world_.luck.between(0, 1));
    if (world_.luck.one_in(2)) return recorded_at::from_micros(closed + world_.luck.between(0, 2'000));
    return recorded_at::from_micros(closed - world_.luck.time_up_to(std::chrono::seconds{10}).count());
}

void historian::ask() {
    const auto life = world_.at.life();
    const auto is_new = world_.begins_new && (open_.empty() || world_.luck.one_in(3));
    const auto which = is_new ? open_.size() : world_.luck.below(open_.size());
    const auto when = is_new ? draw_time() : open_[which].when;
    try {
        auto now = answer(when);
        if (life->is_over) return;
        ++world_.operations;
        if (is_new) open_.push_back(std::move(now));
        auto& asked = open_[which];
        if (!is_new) compare(asked, now);
        if (++asked.answers < 3) return;
        ++answered_thrice_;
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    } catch (const error& failed) {
        world_.notes.note("not answered", static_cast<std::int64_t>(failed.kind()));
        // Once a time is closed it stays closed; before that, it may be too early to ask.
        const auto may_happen = failed.kind() == errc::io_error || failed.kind() == errc::disk_full ||
                                (is_new && (failed.kind() == errc::not_yet || failed.kind() == errc::not_closed));
        if (!life->is_over && !may_happen)
            world_.told.found().complain(fmt::format("asking as of {}: {}", when.micros(), failed.what()));
    }
}

historian::question historian::answer(recorded_at when) {
    auto& store = world_.at.store();
    question made{.when = when, .where = store.cut_at(when, {.wait = std::chrono::milliseconds{0}})};
    auto after = made.where;
    for (std::uint32_t p = 0; p != after.partitions(); ++p)
        after.set(partition_id(p),
                  offset(std::max<std::int64_t>(0, made.where.at(partition_id(p)).value() - events_compared)));
    store.read_all(after, made.where, {}, payloads::read, [&](const event_view& event) {
        made.bytes = fold(made.bytes, event);
        return true;
    });
    if (world_.at.has_fallen()) return made;
    world_.told.log().closed(std::max(when, world_.told.log().closed()));  // the answer is a promise, too
    if (made.where != world_.told.log().cut_at(when))
        world_.told.found().complain(fmt::format("the cut as of {} is {}, not {}", when.micros(),
                                                 leftfold::to_string(made.where),
                                                 leftfold::to_string(world_.told.log().cut_at(when))));
    world_.notes.note("answered", when.micros(), static_cast<std::int64_t>(made.bytes));
    return made;
}

void historian::compare(const question& first, const question& now) {
    if (now.where != first.where)
        world_.told.found().complain(fmt::format("the cut as of {} was {}, and is {}", first.when.micros(),
                                                 leftfold::to_string(first.where), leftfold::to_string(now.where)));
    if (now.bytes != first.bytes)
        world_.told.found().complain(fmt::format("the bytes as of {} are not what they were", first.when.micros()));
}

}  // namespace leftfold::simulation
