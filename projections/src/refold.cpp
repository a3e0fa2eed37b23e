#include "refold.hpp"

#include <algorithm>

#include "merged_streams.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

refold_outcome refold(const refold_subject& subject, const std::set<std::string>& streams, const cut& up_to) {
    const auto& parts = projection_access::parts(subject.instance);
    auto& writers = *projection_access::writers(subject.instance);
    for (auto* part : parts) {
        for (const auto& each : streams) part->erase_written_by(subject.side, each);
        part->forget();
    }
    writers.refold({streams.begin(), streams.end()}, subject.absences);
    refold_outcome outcome;
    event_batch alone(projection_access::type(subject.instance), subject.events);
    std::set<stream_id> named;
    for (const auto& each : streams) named.insert(stream_id::parse(each));
    visit_merged(subject.store, {named, subject.filter, subject.start, up_to}, [&](const recorded_event& event) {
        if (subject.discarded.contains(event.id)) return true;
        try {
            projection_access::apply_alone(subject.instance, alone, event.view(), &subject.side);
        } catch (const std::exception& failed) {
            if (subject.side.is_broken()) throw;
            if (writers.in_the_way().empty())
                outcome.failed = {event, failed.what()};
            else
                outcome.also = writers.in_the_way();
            return false;
        }
        if (projection_access::pending(subject.instance) >= subject.rows_max) subject.side.flush();
        return true;
    });
    if (!outcome.failed && outcome.also.empty()) subject.side.flush();
    return outcome;
}

}  // namespace leftfold::inline v0::detail
