#include "append_group.hpp"

#include <algorithm>

#include "integrity.hpp"

namespace leftfold::inline v0 {

namespace {

append_outcome failed(errc code, const std::string& doing) { return {error(code, doing), {}}; }

/// Whether the stored event is what the append would store again.
bool same_event(const event_view& stored, const stream_id& stream, const event_data& given) {
    return stored.category == stream.category() && stored.key == stream.key() && stored.type == given.type &&
           stored.payload == given.payload;
}

}  // namespace

std::string describe(const pending_append& append) {
    constexpr std::size_t ids_shown = 16;
    std::string text = "appending " + std::to_string(append.events) + " event(s) to ";
    std::size_t shown = 0;
    std::string ids;
    for (const auto& part : append.streams) {
        if (&part != &append.streams.front()) text += ", ";
        text += to_string(part.stream);
        for (const auto& event : part.events)
            if (shown++ < ids_shown) ids += (ids.empty() ? "" : ", ") + to_string(event.id);
    }
    if (shown > ids_shown) ids += ", …";
    return text + " (ids " + ids + ")";
}

/// The stream's last version as this group leaves it, to be read or changed before another stream's.
version& append_group::head_of(const stream_id& stream) {
    if (auto* const known = heads_.find(stream)) return *known;
    const auto found = index_.head(partition_, stream);
    return heads_.add(stream, found ? found->version : version{});
}

/// Whether an append of this group goes to the stream. Asked of conflicts only, so a walk will do.
bool append_group::changes(const stream_id& stream) const {
    return std::ranges::any_of(members_, [&](const member& each) {
        return std::ranges::any_of(each.append->streams, [&](const auto& part) { return part.stream == stream; });
    });
}

void append_group::expect(std::size_t appends, std::size_t events) {
    members_.reserve(appends);
    events_.reserve(events);
    undated_.reserve(events);
}

append_group::verdict append_group::add(pending_append& append) {
    if (append.looked_up) {
        for (const auto& part : append.streams)
            for (const auto& event : part.events)
                if (ids_.contains(event.id)) return verdict::later;
        if (auto repeat = find_repeat(append)) {
            append.done(std::move(*repeat));
            return verdict::settled;
        }
    }
    if (auto refused = find_conflict(append)) {
        if (changes(refused->value.error().stream)) return verdict::waits;
        append.done(std::move(*refused));
        return verdict::settled;
    }
    lay_out(append);
    return verdict::joined;
}

std::optional<append_outcome> append_group::find_repeat(const pending_append& append) {
    std::vector<offset> places;
    std::size_t known = 0;
    std::optional<append_outcome> wrong;
    appended first{.repeated = true};
    for (const auto& part : append.streams) {
        for (const auto& event : part.events) {
            const auto at = index_.find_id(partition_, event.id);
            if (!at) continue;
            ++known;
            places.push_back(*at);
            log_.read_at(partition_, std::span(&*at, 1), payloads::read, [&](const event_view& stored) {
                if (!same_event(stored, part.stream, event))
                    wrong = failed(errc::id_reused, describe(append) + ": " + to_string(event.id) + " stands at " +
                                                        to_string(stored.position()) + " with other content");
                if (&event == &part.events.back()) first.versions.push_back(stored.version);
                first.position = stored.position();
                first.recorded = stored.recorded;
                return true;
            });
            if (wrong) return wrong;
        }
    }
    if (known == 0) return std::nullopt;
    if (known != append.events)
        return failed(errc::partial_duplicate,
                      describe(append) + ": " + std::to_string(known) + " of them are stored already");
    first.first = places.front();
    for (std::size_t i = 1; i < places.size(); ++i)
        if (places[i] != places[i - 1].next())
            return failed(errc::id_reused, describe(append) + ": they are stored already in another order");
    return append_outcome{std::nullopt, append_result(std::move(first))};
}

std::optional<append_outcome> append_group::find_conflict(const pending_append& append) {
    for (const auto& part : append.streams) {
        // Nothing is looked up for an expectation that cannot fail; the version itself is needed below all the same.
        const auto actual = head_of(part.stream);
        if (part.expected.holds_for(actual)) continue;
        return append_outcome{std::nullopt, append_result(conflict{part.stream, part.expected, actual, {}})};
    }
    return std::nullopt;
}

void append_group::lay_out(pending_append& append) {
    member joined{&append, events_.size(), {}};
    for (const auto& part : append.streams) {
        auto& at = head_of(part.stream);
        for (const auto& event : part.events) {
            at = at.next();
            event_view laid;
            laid.partition = partition_;
            laid.occurred = event.occurred.value_or(occurred_at{});
            undated_.push_back(!event.occurred);
            laid.category = part.stream.category();
            laid.key = part.stream.key();
            laid.version = at;
            laid.type = event.type;
            laid.id = event.id;
            laid.metadata = event.metadata.view();
            laid.payload = event.payload;
            events_.push_back(laid);
            if (append.looked_up) ids_.insert(event.id);
        }
        joined.versions.push_back(at);
    }
    bytes_ += append.bytes;
    members_.push_back(std::move(joined));
}

/// Gives events their places after `after`, from that time on. `first` is where they stand among the group's.
void append_group::place(std::span<event_view> events, std::size_t first, offset after, std::int64_t recorded) {
    for (std::size_t i = 0; i != events.size(); ++i) {
        events[i].at = after = after.next();
        events[i].recorded = recorded_at::from_micros(recorded++);
        if (undated_[first + i]) events[i].occurred = occurred_at::from_micros(events[i].recorded.micros());
    }
}

void append_group::stamp(const partition_head& head, recorded_at first, chain_hasher& hasher) {
    place(events_, 0, head.at, first.micros());
    auto chain = head.chain;
    for (auto& event : events_) {
        event.integrity.chain = chain = hasher.next(chain, event);
        seal(event);
    }
}

/// The group believed that this append's streams would move on. They do not.
void append_group::forget(const member& leaving, std::vector<const stream_id*>& unsure) {
    for (std::size_t i = 0; i != leaving.versions.size(); ++i) {
        const auto& part = leaving.append->streams[i];
        const auto is_this = [&](const stream_id* stream) { return *stream == part.stream; };
        if (std::ranges::any_of(unsure, is_this)) continue;
        unsure.push_back(&part.stream);
        head_of(part.stream) = version(leaving.versions[i].value() - static_cast<std::int64_t>(part.events.size()));
    }
}

void append_group::sift(const partition_head& head, recorded_at first, question ask) {
    std::vector<member> staying;
    std::vector<event_view> events;
    std::vector<bool> undated;
    std::vector<refused_append> refused;
    std::vector<const member*> behind;
    std::vector<const stream_id*> unsure;
    auto bytes = bytes_;
    for (const auto& each : members_) {
        const auto size = each.append->events;
        const std::span own(events_.data() + each.first, size);
        const auto goes_there = [&](const stream_id* stream) {
            return std::ranges::any_of(each.append->streams, [&](const auto& part) { return part.stream == *stream; });
        };
        std::optional<error> why;
        const bool is_behind = std::ranges::any_of(unsure, goes_there);
        if (!is_behind) {
            const auto before = static_cast<std::int64_t>(events.size());
            place(own, each.first, head.at.plus(before), first.micros() + before);
            why = ask(own);
        }
        if (is_behind || why) {
            if (why) refused.push_back({each.append, error(why->kind(), describe(*each.append) + ": " + why->what())});
            if (is_behind) behind.push_back(&each);
            forget(each, unsure);
            bytes -= each.append->bytes;
            continue;
        }
        for (std::size_t i = 0; i != size; ++i) undated.push_back(undated_[each.first + i]);
        staying.push_back({each.append, events.size(), each.versions});
        events.insert(events.end(), own.begin(), own.end());
    }
    for (const auto* each : behind) unanswered_.insert(each->append);
    members_ = std::move(staying);
    events_ = std::move(events);
    undated_ = std::move(undated);
    refused_ = std::move(refused);
    bytes_ = bytes;
}

void append_group::settle_committed() {
    for (auto& each : members_) {
        const auto& last = events_[each.first + each.append->events - 1];
        appended done{.position = last.position(),
                      .first = events_[each.first].at,
                      .recorded = last.recorded,
                      .versions = std::move(each.versions)};
        each.append->done({std::nullopt, append_result(std::move(done))});
    }
    for (auto& each : refused_) each.append->done({std::move(each.why), {}});
}

void append_group::settle_failed(errc cause, const std::string& detail) {
    heads_.clear();
    for (auto& each : members_)
        each.append->done(failed(cause, describe(*each.append) + (detail.empty() ? "" : ": " + detail)));
    for (const auto& each : refused_) unanswered_.insert(each.append);
}

}  // namespace leftfold::inline v0
