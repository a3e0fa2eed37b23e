#include "simulation/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "leftfold/storage/error.hpp"

namespace leftfold::simulation {

void oracle::complain(std::int64_t number, const std::string& what) {
    const auto& about = of(number);
    found_.complain(fmt::format("request {} to {} (in flight {}, doubtful {}, stored at {}): {}", number,
                                to_string(about.streams.front().stream), about.in_flight, about.is_doubtful,
                                about.stored ? to_string(*about.stored) : "none", what));
}

void oracle::offered(partition_id partition, std::span<const event_view> group) {
    check_group(group);
    log_.offer(partition, group);
}

// Requests in a group: each whole, wanted, new, and where its expected version holds.
void oracle::check_group(std::span<const event_view> group) {
    std::map<stream_id, version> grown;
    for (std::size_t i = 0; i < group.size();) {
        const auto number = request_number(group[i].payload);
        if (number < 0) {
            ++i;
            continue;
        }
        if (number >= next_request()) return found_.complain("an event of no request is stored");
        const auto& wanted = of(number);
        if (wanted.in_flight == 0) complain(number, "it is stored while nobody waits for it");
        if (wanted.stored) complain(number, "it is stored a second time");
        for (const auto& part : wanted.streams) {
            const auto& before = grown.try_emplace(part.stream, log_.head(part.stream)).first;
            if (!part.expected.holds_for(before->second))
                complain(number, fmt::format("it expected {}, the stream is at {}", to_string(part.expected),
                                             before->second.value()));
            for (const auto& event : part.events) {
                if (i == group.size() || group[i].payload != event.payload || group[i].type != event.type ||
                    group[i].category != part.stream.category() || group[i].key != part.stream.key())
                    return complain(number, "it is stored in part, or altered");
                if (event.occurred && group[i].occurred != *event.occurred) complain(number, "its date was altered");
                if (!event.occurred && group[i].occurred.micros() != group[i].recorded.micros())
                    complain(number, "nobody gave a date, and it is not the time of recording");
                if (wanted.has_ids && group[i].id != event.id) complain(number, "its id was altered");
                before->second = before->second.next();
                ++i;
            }
        }
    }
}

void oracle::committed(partition_id partition) {
    const auto stored = log_.commit(partition);
    const auto first = static_cast<std::int64_t>(log_.log(partition).size() - stored.size()) + 1;
    for (std::size_t i = 0; i != stored.size(); ++i) {
        if (stored[i].answers >= 0) answers_.answered(stored[i]);
        const auto number = stored[i].request;
        if (number < 0 || of(number).stored) continue;
        of(number).stored = position{partition, offset(first + static_cast<std::int64_t>(i))};
        answers_.stored(number, stored[i]);
    }
    notes_.note("committed", partition.value(), first, static_cast<std::int64_t>(stored.size()));
}

void oracle::recovered(event_store& store, const cut& from) {
    const auto before = log_.heads();
    log_.recover(store, from);
    for (std::uint32_t p = 0; p != log_.partitions(); ++p)
        if (!log_.in_doubt(partition_id(p)).empty()) committed(partition_id(p));
}

void oracle::answered(std::int64_t number, std::error_code failed, const append_result& outcome) {
    --of(number).in_flight;
    if (failed) {
        notes_.note("failed", number, failed.value());
        check_refused(number, failed);
    } else if (outcome) {
        notes_.note("appended", number, outcome->position.at.value(), outcome->repeated);
        of(number).is_answered = true;
        check_stored(number, *outcome);
    } else {
        const auto lost = outcome.error();
        notes_.note("conflict", number, lost.actual.value());
        of(number).is_answered = true;
        check_conflict(number, lost);
    }
}

void oracle::cut_off(std::int64_t number) {
    --of(number).in_flight;
    of(number).is_doubtful = true;
}

void oracle::check_stored(std::int64_t number, const appended& outcome) {
    auto& about = of(number);
    if (!about.stored) return complain(number, "it is acknowledged, but not stored");
    const auto first = *about.stored;
    const auto last = position{first.partition, first.at.plus(static_cast<std::int64_t>(about.events) - 1)};
    if (outcome.position != last || outcome.first != first.at)
        complain(number, "it is acknowledged at " + to_string(outcome.position));
    const auto& log = log_.log(first.partition);
    if (outcome.recorded != log[static_cast<std::size_t>(last.at.value() - 1)].recorded)
        complain(number, "it is acknowledged with another time than it was recorded at");
    auto at = first.at;
    for (std::size_t i = 0; i != about.streams.size(); ++i) {
        at = at.plus(static_cast<std::int64_t>(about.streams[i].events.size()));
        if (outcome.versions.size() != about.streams.size() ||
            outcome.versions[i] != log[static_cast<std::size_t>(at.value() - 2)].version)
            complain(number, "it is acknowledged with another version");
    }
    if (!outcome.repeated && ++about.first_outcomes > 1) complain(number, "it is acknowledged as new twice");
}

void oracle::check_conflict(std::int64_t number, const conflict& outcome) {
    const auto& about = of(number);
    if (about.stored) return complain(number, "it is stored, and answered as a conflict");
    const auto part = std::ranges::find(about.streams, outcome.stream, &stream_append::stream);
    if (part == about.streams.end()) return complain(number, "the conflict names another stream");
    if (part->expected.holds_for(outcome.actual)) complain(number, "it conflicts with a version that it expected");
    if (outcome.actual > log_.head(outcome.stream)) complain(number, "it lost to a version that there is not");
    for (const auto& event : outcome.missed)
        if (event.stream != outcome.stream || !log_.holds(event.view()))
            complain(number, "an event that it is said to have missed is another one");
}

// What was not stored, and what may go wrong with nobody's fault.
void oracle::check_refused(std::int64_t number, std::error_code why) {
    auto& about = of(number);
    if (why == errc::outcome_unknown) {
        about.is_doubtful = true;
        return;
    }
    const auto may_happen = why == errc::io_error || why == errc::disk_full || why == errc::clock_jump ||
                            why == errc::clock_ahead || why == errc::would_block || why == errc::store_closed ||
                            why == std::errc::operation_canceled;
    if (!may_happen) complain(number, "it is refused: " + why.message());
    if (about.stored && !about.is_doubtful && about.first_outcomes == 0 && about.in_flight == 0)
        complain(number, "it is refused, and stored: " + why.message());
}

}  // namespace leftfold::simulation
