#include "leftfold/framework/detail/repository_core.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "command_state.hpp"
#include "residents.hpp"
#include "snapshot_keeper.hpp"

namespace leftfold::inline v0::detail {
namespace {

/// Events that one reading of a stream asks for.
constexpr std::size_t page_events = 1'000;

std::optional<std::uint64_t> with_registry(std::optional<std::uint64_t> fold, const event_registry& events) {
    if (!fold) return fold;
    shape_hash both;
    both.number(*fold);
    both.text(";");
    both.number(events.fingerprint());
    return both.value();
}

}  // namespace

repository_core::repository_core(const event_store& store, subject_type type, repository_options options)
    : store_(store.core()), type_(std::move(type)), options_(std::move(options)) {
    check_category(type_.category);
    if (options_.attempts_max < 1)
        throw error(errc::invalid_argument, fmt::format("making a repository of {} that may not try", type_.name));
    if (options_.resident_bytes != 0) {
        if (!type_.can_stay)
            throw error(errc::invalid_argument,
                        fmt::format("keeping residents of {}, which cannot be copied, or not be counted: it has no "
                                    "resident_bytes(), and is not described or has transient members",
                                    type_.name));
        residents_ = std::make_unique<residents>(options_.resident_bytes);
    }
    if (options_.snapshots.every == 0) return;
    if (!type_.fingerprint)
        throw error(errc::invalid_argument,
                    fmt::format("keeping snapshots of {}, which is not described: BOOST_DESCRIBE_CLASS", type_.name));
    keeper_ = std::make_unique<snapshot_keeper>(store_, options_.snapshots,
                                                *with_registry(type_.fingerprint, options_.events));
}

repository_core::~repository_core() = default;

snapshot_counts repository_core::counts() const { return keeper_ ? keeper_->counts() : snapshot_counts{}; }

resident_counts repository_core::resident_states() const {
    return residents_ ? residents_->counts() : resident_counts{};
}

std::string repository_core::describe(const stream_id& stream) const { return to_string(stream); }

void repository_core::apply(subject& target, const event_view& event) const {
    const auto where = [&] {
        return fmt::format("folding {}-{} at version {} ({})", event.category, event.key, event.version.value(),
                           to_string(event.position()));
    };
    try {
        options_.events.translate(event.type, event.payload, [&](std::string_view type, std::string_view payload) {
            if (!target.apply(type, payload))
                throw error(errc::unknown_event_type,
                            fmt::format("{}: {} neither lists nor ignores {}", where(), type_.name, type));
        });
    } catch (const codec_error& bad) {
        throw error(errc::invalid_event, fmt::format("{}: {}", where(), bad.what()));
    }
}

fold_end repository_core::fold(subject& target, const stream_id& stream, const fold_bounds& bounds) {
    return fold_from(restore(target, stream, bounds), target, stream, bounds, writing_keeper());
}

fold_end repository_core::load(subject& target, const stream_id& stream) {
    return command_state{*this, target, stream}.look();
}

snapshot_keeper* repository_core::writing_keeper() const {
    return store_.access() == access::read_write ? keeper_.get() : nullptr;
}

/// Whether the fold of so many more events is to be kept on the way.
bool repository_core::is_snapshot_due(const fold_end& at, std::size_t more) const {
    if (writing_keeper() == nullptr) return false;
    const auto unkept = at.version.value() - at.kept.value() + static_cast<std::int64_t>(more);
    return unkept >= std::min(options_.snapshots.every, std::max(options_.snapshots.spacing, 1U));
}

/// Begins with a snapshot if there is one, and now and then sees whether it is what its events fold to.
fold_end repository_core::restore(subject& target, const stream_id& stream, const fold_bounds& bounds) {
    const fold_end start{.position = {store_.partition_of(stream), {}}};
    if (!keeper_) return start;
    const fold_end kept = keeper_->restore(target, stream, bounds);
    if (kept.version == version{}) return start;
    if (keeper_->wants_refold()) {
        const auto folded = target.make_new();
        fold_from(start, *folded, stream, {.at_most = kept.version}, nullptr);
        if (const auto found = target.differences(*folded); !found.empty()) {
            keeper_->disown(stream, kept.version, found.front());
            target.reset();
            return start;
        }
    }
    return kept;
}

/// Snapshots are made between pages only, and from stored events alone, never from what a decision left behind; of the
/// end only where the stream ends: each question about the past would leave one of its own.
fold_end repository_core::fold_from(fold_end end, subject& target, const stream_id& stream, const fold_bounds& bounds,
                                    snapshot_keeper* keeper) {
    const auto spacing =
        static_cast<std::int64_t>(keeper != nullptr ? std::max(options_.snapshots.spacing, 1U) : page_events);
    version& kept = end.kept;
    if (keeper == nullptr) kept = end.version;
    for (bool more = true; more;) {
        const auto page = std::min<std::int64_t>(spacing - (end.version.value() - kept.value()), page_events);
        const auto given = store_.visit_stream(
            stream, {.from = end.version.next(), .count = static_cast<std::size_t>(page)},
            [&](const event_view& event) {
                more = event.version <= bounds.at_most && event.at <= bounds.up_to;
                if (!more) return false;
                apply(target, event);
                end = {event.version, event.position(), event.recorded, event.integrity.chain, kept};
                return true;
            });
        const bool is_bounded = !more;
        more = more && given == static_cast<std::size_t>(page);
        const auto unkept = end.version.value() - kept.value();
        if (keeper == nullptr) {
            kept = end.version;
        } else if (unkept >= spacing || (!more && !is_bounded && unkept >= options_.snapshots.every)) {
            keeper->keep(target, stream, end);
            kept = end.version;
        }
    }
    return end;
}

fold_end repository_core::fold_by_occurrence(subject& target, const stream_id& stream, occurred_at when, offset up_to) {
    fold_end end{.position = {store_.partition_of(stream), {}}};
    event_page kept;
    version seen{};
    for (bool more = true; more;) {
        const auto given =
            store_.visit_stream(stream, {.from = seen.next(), .count = page_events}, [&](const event_view& event) {
                more = event.at <= up_to;
                if (!more) return false;
                seen = event.version;
                if (event.occurred <= when) {
                    kept.add(event);
                    end = {event.version, event.position(), event.recorded, event.integrity.chain};
                }
                return true;
            });
        more = more && given == page_events;
    }
    std::vector<const event_view*> order;
    order.reserve(kept.size());
    for (const event_view& event : kept) order.push_back(&event);
    std::stable_sort(order.begin(), order.end(),
                     [](const event_view* a, const event_view* b) { return a->occurred < b->occurred; });
    for (const event_view* event : order) apply(target, *event);
    return end;
}

version repository_core::last_within(const stream_id& stream, const fold_bounds& bounds) {
    const auto head = store_.head(stream);
    if (!head) return {};
    const auto is_within = [&](version asked) {
        bool within = false;
        store_.visit_stream(stream, {.from = asked, .count = 1, .wanted = payloads::skip},
                            [&](const event_view& event) {
                                within = event.at <= bounds.up_to && event.recorded <= bounds.not_after;
                                return false;
                            });
        return within;
    };
    version inside{};  // the greatest that is known to be within
    version end = std::min(*head, bounds.at_most);
    if (end == version{} || is_within(end)) return end;
    while (inside.next() < end) {
        const version middle{inside.value() + (end.value() - inside.value()) / 2};
        (is_within(middle) ? inside : end) = middle;
    }
    return inside;
}

cut repository_core::only(position place) const {
    cut made(store_.partitions());
    made.set(place.partition, place.at);
    return made;
}

void repository_core::check_cut(const cut& asked, const stream_id& stream) {
    if (asked.partitions() != store_.partitions())
        throw error(errc::invalid_argument, fmt::format("asking for {} at a cut of {} partitions, in a store of {}",
                                                        describe(stream), asked.partitions(), store_.partitions()));
    const auto partition = store_.partition_of(stream);
    if (const auto head = store_.head_of(partition).at; head < asked.at(partition))
        throw error(errc::not_yet, fmt::format("asking for {} at the cut {}, while partition {} ends at {}",
                                               describe(stream), to_string(asked), partition.value(), head.value()));
}

}  // namespace leftfold::inline v0::detail
