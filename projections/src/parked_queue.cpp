#include "parked_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

namespace {

std::string stream_text(const event_view& event) { return fmt::format("{}-{}", event.category, event.key); }

}  // namespace

const char* const select_parked =
    "SELECT stream, since, failed, type, why, attempts, (SELECT count(*) FROM leftfold_waiting AS w "
    "WHERE w.projection = p.projection AND w.stream = p.stream) FROM leftfold_parked AS p WHERE projection = ?1";

std::vector<parked_key> read_parked(sqlite::statement& select, std::string_view projection) {
    const sqlite::reset_at_end end(select);
    select.bind_text(1, projection);
    std::vector<parked_key> all;
    while (select.step())
        all.push_back({.stream = stream_id::parse(select.text(0)),
                       .since = recorded_at::from_micros(select.number(1)),
                       .waiting = select.number(6),
                       .failed = parse_position(select.text(2)),
                       .type = std::string(select.text(3)),
                       .why = std::string(select.text(4)),
                       .attempts = static_cast<int>(select.number(5))});
    return all;
}

void parked_queue::load(model_database& from) {
    entries_.clear();
    waiting_.clear();
    rejoined_.clear();
    met_.clear();
    for (auto& each : read_parked(from.prepared(select_parked), projection_))
        entries_.emplace(to_string(each.stream), entry{.since = each.since.micros(),
                                                       .failed = each.failed,
                                                       .type = std::move(each.type),
                                                       .why = std::move(each.why),
                                                       .attempts = each.attempts,
                                                       .changed = false});
    used_ = used_ || !entries_.empty();
}

bool parked_queue::is_pending(const row_writers& writers) const {
    return !waiting_.empty() || !rejoined_.empty() || !met_.empty() || writers.has_noted() ||
           std::any_of(entries_.begin(), entries_.end(), [](const auto& each) { return each.second.changed; });
}

void parked_queue::write(model_database& to, row_writers& writers) {
    for (const auto& stream : rejoined_)
        for (const auto* sql : {"DELETE FROM leftfold_parked WHERE projection = ?1 AND stream = ?2",
                                "DELETE FROM leftfold_waiting WHERE projection = ?1 AND stream = ?2"})
            to.prepared(sql).bind_text(1, projection_).bind_text(2, stream).run();
    rejoined_.clear();
    for (auto& [stream, each] : entries_) {
        if (!each.changed) continue;
        const auto failed = to_string(each.failed);
        auto& put = to.prepared("INSERT OR REPLACE INTO leftfold_parked VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        put.bind_text(1, projection_).bind_text(2, stream).bind(3, each.since).bind_text(4, failed);
        put.bind_text(5, each.type).bind_text(6, each.why).bind(7, each.attempts).run();
        each.changed = false;
    }
    for (const auto& each : waiting_) {
        const auto at = to_string(each.at);
        auto& put = to.prepared("INSERT OR REPLACE INTO leftfold_waiting VALUES (?1, ?2, ?3, ?4)");
        put.bind_text(1, projection_).bind_text(2, each.stream).bind(3, each.recorded).bind_text(4, at).run();
    }
    waiting_.clear();
    for (const auto& each : writers.take_absences()) {
        auto& put = to.prepared("INSERT OR IGNORE INTO leftfold_missed VALUES (?1, ?2, ?3, ?4)");
        put.bind_text(1, projection_).bind_text(2, each.table).bind_text(3, each.row).bind_text(4, each.stream).run();
    }
    if (entries_.empty())  // nobody is left who might make those rows
        to.prepared("DELETE FROM leftfold_missed WHERE projection = ?1").bind_text(1, projection_).run();
    auto met = writers.take_met();
    std::move(met_.begin(), met_.end(), std::back_inserter(met));
    met_.clear();
    for (const auto& [one, other] : met)
        for (const auto& [a, b] : {std::pair(one, other), std::pair(other, one)}) {
            auto& put = to.prepared("INSERT OR IGNORE INTO leftfold_shared VALUES (?1, ?2, ?3)");
            put.bind_text(1, projection_).bind_text(2, a).bind_text(3, b).run();
        }
}

std::vector<std::string> parked_queue::streams() const {
    std::vector<std::string> all;
    for (const auto& [stream, each] : entries_) all.push_back(stream);
    return all;
}

bool parked_queue::takes(const event_view& event) {
    if (entries_.empty()) return false;
    auto stream = stream_text(event);
    const auto found = entries_.find(stream);
    if (found == entries_.end()) return false;
    auto& of = found->second;
    if (of.failed.at == offset{}) {
        of.failed = event.position();
        of.type = event.type;
        of.changed = true;
    }
    waiting_.push_back({std::move(stream), event.recorded.micros(), event.position()});
    return true;
}

bool parked_queue::park(model_database& in, const row_writers& writers, const event_view& event,
                        const std::string& why) {
    const auto stream = stream_text(event);
    std::set<std::string> with{stream};
    with = together(in, writers, std::move(with));
    const auto added = std::count_if(with.begin(), with.end(), [&](const auto& each) { return !contains(each); });
    if (entries_.size() + static_cast<std::size_t>(added) > streams_max_) return false;
    for (const auto& each : with) {
        if (contains(each)) continue;
        entry made{.since = event.recorded.micros()};
        if (each == stream) {
            made.failed = event.position();
            made.type = event.type;
            made.why = why;
        } else {
            made.why = fmt::format("it shares rows with stream {}, which is parked", stream);
        }
        entries_.emplace(each, std::move(made));
        used_ = true;
    }
    if (!writers.in_the_way().empty()) met_.emplace_back(stream, writers.in_the_way());
    waiting_.push_back({stream, event.recorded.micros(), event.position()});
    return true;
}

std::vector<row_writers::absence> parked_queue::absences(model_database& in) const {
    std::vector<row_writers::absence> all;
    auto& select = in.prepared("SELECT \"table\", row, stream FROM leftfold_missed WHERE projection = ?1");
    const sqlite::reset_at_end end(select);
    select.bind_text(1, projection_);
    while (select.step())
        all.push_back({std::string(select.text(0)), std::string(select.text(1)), std::string(select.text(2))});
    return all;
}

std::set<std::string> parked_queue::together(model_database& in, const row_writers& writers,
                                             std::set<std::string> streams) {
    auto met = writers.met();
    std::copy(met_.begin(), met_.end(), std::back_inserter(met));
    std::deque<std::string> open(streams.begin(), streams.end());
    const auto add = [&](std::string_view other) {
        if (streams.emplace(other).second) open.emplace_back(other);
    };
    for (; !open.empty(); open.pop_front()) {
        const auto& one = open.front();
        for (const auto& [a, b] : met) {
            if (a == one) add(b);
            if (b == one) add(a);
        }
        auto& select = in.prepared("SELECT other FROM leftfold_shared WHERE projection = ?1 AND stream = ?2");
        const sqlite::reset_at_end end(select);
        select.bind_text(1, projection_).bind_text(2, one);
        while (select.step()) add(select.text(0));
    }
    return streams;
}

void parked_queue::failed_again(const std::set<std::string>& streams, const std::string& at_stream,
                                const event_view& event, const std::string& why) {
    for (const auto& each : streams) {
        const auto found = entries_.find(each);
        if (found == entries_.end()) continue;
        ++found->second.attempts;
        found->second.changed = true;
        if (each == at_stream) {
            found->second.failed = event.position();
            found->second.type = event.type;
            found->second.why = why;
        } else if (!contains(at_stream)) {
            found->second.why = fmt::format("event {} of stream {}: {}", to_string(event.position()), at_stream, why);
        }
    }
}

void parked_queue::rejoin(const std::set<std::string>& streams) {
    for (const auto& each : streams)
        if (entries_.erase(each) != 0) rejoined_.insert(each);
}

}  // namespace leftfold::inline v0::detail
