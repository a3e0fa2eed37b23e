#include "refold.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <queue>
#include <vector>

#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Events of one stream, in pages, up to a cut.
class stream_pages {
public:
    stream_pages(event_store& store, stream_id stream, offset up_to, std::size_t page)
        : store_(store), stream_(std::move(stream)), up_to_(up_to), page_(page) {
        fill();
    }

    bool is_empty() const { return events_.empty(); }
    const recorded_event& front() const { return events_.front(); }
    recorded_event take() {
        auto taken = std::move(events_.front());
        events_.pop_front();
        if (events_.empty()) fill();
        return taken;
    }

private:
    void fill() {
        if (ended_) return;
        const auto given = store_.visit_stream(stream_, {.from = next_, .count = page_}, [&](const event_view& event) {
            next_ = version(event.version.value() + 1);
            if (event.at > up_to_) ended_ = true;
            if (!ended_) events_.emplace_back(event);
            return !ended_;
        });
        if (given < page_) ended_ = true;
    }

    event_store& store_;
    stream_id stream_;
    offset up_to_;
    std::size_t page_;
    version next_{1};
    bool ended_ = false;
    std::deque<recorded_event> events_;
};

/// How many events of all streams together are held at once.
constexpr std::size_t events_held = 10'000;

/// Gives the events of streams up to a cut, in the store's order.
void visit_merged(event_store& store, const std::set<std::string>& streams, const cut& up_to,
                  function_ref<bool(const recorded_event&)> visit) {
    std::vector<std::unique_ptr<stream_pages>> open;
    const auto page = std::max<std::size_t>(16, events_held / streams.size());
    for (const auto& each : streams) {
        auto stream = stream_id::parse(each);
        const auto end = up_to.at(store.partition_of(stream));
        open.push_back(std::make_unique<stream_pages>(store, std::move(stream), end, page));
    }
    const auto later = [](const stream_pages* a, const stream_pages* b) {
        return a->front().recorded > b->front().recorded;
    };
    std::priority_queue<stream_pages*, std::vector<stream_pages*>, decltype(later)> next(later);
    for (const auto& each : open)
        if (!each->is_empty()) next.push(each.get());
    while (!next.empty()) {
        auto* const from = next.top();
        next.pop();
        const auto event = from->take();
        if (!from->is_empty()) next.push(from);
        if (!visit(event)) return;
    }
}

}  // namespace

refold_outcome refold(const refold_subject& subject, const std::set<std::string>& streams, const cut& up_to) {
    const auto& parts = projection_access::parts(subject.instance);
    auto& writers = *projection_access::writers(subject.instance);
    for (auto* part : parts) {
        for (const auto& each : streams) part->erase_written_by(subject.side, each);
        part->forget();
    }
    writers.refold({streams.begin(), streams.end()}, subject.absences);
    refold_outcome outcome;
    visit_merged(subject.store, streams, up_to, [&](const recorded_event& event) {
        const auto view = event.view();
        if (subject.start.covers(view.position()) || !subject.filter.matches(view) ||
            subject.discarded.contains(event.id))
            return true;
        try {
            projection_access::apply(subject.instance, view, subject.events, &subject.side);
        } catch (const std::exception& failed) {
            if (subject.side.is_broken()) throw;
            if (writers.in_the_way().empty())
                outcome.failed = {event, failed.what()};
            else
                outcome.also = writers.in_the_way();
            return false;
        }
        std::size_t pending = 0;
        for (const auto* part : parts) pending += part->pending();
        if (pending >= subject.rows_max) subject.side.flush();
        return true;
    });
    if (!outcome.failed && outcome.also.empty()) subject.side.flush();
    return outcome;
}

}  // namespace leftfold::inline v0::detail
