#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

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
    const auto range = range_of(store, options.chosen);
    if (range.as_of && !on.json) on.err << "as of " << to_rfc3339(range.as_of->time()) << '\n';
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

int tail(const std::string& path, std::int64_t count, std::int64_t last, const console& on) {
    auto store = open_for_reading(path);
    auto seen = store.heads();
    for (std::uint32_t p = 0; p != store.partitions() && last > 0; ++p)
        seen.set(partition_id(p), offset(std::max<std::int64_t>(0, seen.at(partition_id(p)).value() - last)));
    std::int64_t shown = 0;
    while (count == 0 || shown < count) {
        const auto heads = store.wait_beyond(seen, std::chrono::hours{1});
        seen = store.read_all(seen, heads, {}, payloads::read, [&](const event_view& event) {
            show_event(event, on);
            return ++shown != count;
        });
        on.out.flush();
        if (!on.out) return 1;
    }
    return 0;
}

}  // namespace

void declare_events(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("events", "Events of a store, in the order in which they were recorded");
    auto options = std::make_shared<events_options>();
    command->add_option("STORE", options->path, "The store's directory")->required();
    command->add_option("--stream", options->stream, "Only this stream: CATEGORY-KEY");
    command->add_option("--limit", options->limit, "At most so many")->check(CLI::PositiveNumber);
    options->chosen.declare(*command);
    command->callback([options, &chosen] { chosen = [=](const console& on) { return events(*options, on); }; });
}

void declare_tail(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("tail", "Events as they are recorded, until it is interrupted");
    auto path = std::make_shared<std::string>();
    auto count = std::make_shared<std::int64_t>(0);
    auto last = std::make_shared<std::int64_t>(0);
    command->add_option("STORE", *path, "The store's directory")->required();
    command->add_option("--count", *count, "End after so many")->check(CLI::PositiveNumber);
    command->add_option("--last", *last, "Begin with the last so many of each partition")
        ->check(CLI::NonNegativeNumber);
    command->callback([=, &chosen] { chosen = [=](const console& on) { return tail(*path, *count, *last, on); }; });
}

}  // namespace leftfold::inline v0::tools
