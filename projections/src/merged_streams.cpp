#include "merged_streams.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <queue>
#include <vector>

namespace leftfold::inline v0::detail {

namespace {

/// The wanted events of one stream, in pages.
class stream_pages {
public:
    stream_pages(event_store& store, stream_id stream, const streams_read& wanted, std::size_t page)
        : store_(store),
          stream_(std::move(stream)),
          partition_(store.partition_of(stream_)),
          wanted_(wanted),
          page_(page) {
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
    bool chooses_within() const { return !wanted_.filter.types.empty() || !wanted_.filter.headers.empty(); }

    void fill() {
        while (events_.empty() && !ended_) fill_page();
    }

    void fill_page() {
        const bool chooses = chooses_within();
        std::vector<offset> chosen;
        const stream_read page{.from = next_, .count = page_, .wanted = chooses ? payloads::skip : payloads::read};
        const auto given = store_.visit_stream(stream_, page, [&](const event_view& event) {
            next_ = version(event.version.value() + 1);
            ended_ = event.at > wanted_.up_to.at(partition_);
            if (ended_) return false;
            if (event.at <= wanted_.after.at(partition_) || !wanted_.filter.matches(event)) return true;
            if (chooses)
                chosen.push_back(event.at);
            else
                events_.emplace_back(event);
            return true;
        });
        ended_ = ended_ || given < page_;
        if (chosen.empty()) return;
        store_.read_at(partition_, chosen, payloads::read, [&](const event_view& event) {
            events_.emplace_back(event);
            return true;
        });
    }

    event_store& store_;
    stream_id stream_;
    partition_id partition_;
    const streams_read& wanted_;
    std::size_t page_;
    version next_{1};
    bool ended_ = false;
    std::deque<recorded_event> events_;
};

/// How many events of all streams together are held at once.
constexpr std::size_t events_held = 10'000;

}  // namespace

void visit_merged(event_store& store, const streams_read& wanted, function_ref<bool(const recorded_event&)> visit) {
    if (wanted.streams.empty()) return;
    std::vector<std::unique_ptr<stream_pages>> open;
    const auto page = std::max<std::size_t>(16, events_held / wanted.streams.size());
    for (const auto& each : wanted.streams) open.push_back(std::make_unique<stream_pages>(store, each, wanted, page));
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

}  // namespace leftfold::inline v0::detail
