#include "git_history/whole_stream.hpp"

namespace git_history {

void visit_whole_stream(leftfold::event_store& store, const leftfold::stream_id& stream, leftfold::event_sink sink) {
    leftfold::stream_read next{.from = leftfold::version{1}};
    bool wanted = true;
    std::size_t given = 0;
    do {
        given = store.visit_stream(stream, next, [&](const leftfold::event_view& event) {
            next.from = event.version.next();
            return wanted = sink(event);
        });
    } while (wanted && given == next.count);
}

}  // namespace git_history
