#include <fmt/format.h>

#include <limits>

#include "commands.hpp"
#include "event_line.hpp"
#include "leftfold/storage/error.hpp"
#include "open_store.hpp"
#include "selection.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct events_options {
    std::string path;
    std::string stream;
    std::int64_t limit = 0;
    selection chosen;
};

int events(const events_options& options, const console& on) {
    auto store = open_for_reading(options.path);
    const auto range = range_of(store, options.chosen, on);
    std::int64_t shown = 0;
    const auto show = [&](const event_view& event) {
        show_event(event, on);
        return ++shown != options.limit;
    };
    if (options.stream.empty()) {
        store.read_all(range.after, range.up_to, options.chosen.filter(), payloads::read, show);
        return 0;
    }
    const auto filter = options.chosen.filter();
    const auto stream = stream_id::parse(options.stream);
    if (!store.head(stream)) throw error(errc::not_found, "reading stream " + options.stream);
    store.visit_stream(stream, {.count = std::numeric_limits<std::size_t>::max()}, [&](const event_view& event) {
        const auto selected =
            range.up_to.covers(event.position()) && !range.after.covers(event.position()) && filter.matches(event);
        return !selected || show(event);
    });
    return 0;
}

struct tail_options {
    std::string path;
    std::int64_t count = 0;
    std::int64_t last = 0;
};

int tail(const tail_options& options, const console& on) {
    // How long it may take to see that nobody reads the answer any more, when no event tells.
    constexpr std::chrono::seconds look_again{1};
    auto store = open_for_reading(options.path);
    auto seen = store.heads();
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        seen.set(partition_id(p), offset(std::max<std::int64_t>(0, seen.at(partition_id(p)).value() - options.last)));
    std::int64_t shown = 0;
    while (options.count == 0 || shown < options.count) {
        const auto heads = store.wait_beyond(seen, look_again);
        seen = store.read_all(seen, heads, {}, payloads::read, [&](const event_view& event) {
            show_event(event, on);
            return ++shown != options.count;
        });
        on.flush();
        if (on.reader_is_gone()) break;
    }
    return 0;
}

}  // namespace

void declare_events(command_list& all) {
    auto options = std::make_shared<events_options>();
    auto words = all.add("events", "Events of a store, in the order in which they were recorded",
                         [options](const console& on) { return events(*options, on); });
    words.place("STORE", options->path, "The store's directory")
        .option("--stream", options->stream, "Only this stream: CATEGORY-KEY")
        .number("--limit", options->limit, 1, "At most so many");
    options->chosen.declare(words);
}

void declare_tail(command_list& all) {
    auto options = std::make_shared<tail_options>();
    all.add("tail", "Events as they are recorded, until it is interrupted",
            [options](const console& on) { return tail(*options, on); })
        .place("STORE", options->path, "The store's directory")
        .number("--count", options->count, 1, "End after so many")
        .number("--last", options->last, 0, "Begin with the last so many of each partition");
}

}  // namespace leftfold::inline v0::tools
