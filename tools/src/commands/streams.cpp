#include <fmt/format.h>

#include <map>

#include "commands.hpp"
#include "open_store.hpp"
#include "selection.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct stream_line {
    version last{};
    recorded_at recorded{};
};

int streams(const std::string& path, const selection& chosen, const console& on) {
    auto store = open_for_reading(path);
    const auto range = range_of(store, chosen, on);
    std::map<stream_id, stream_line> found;
    store.read_all(range.after, range.up_to, chosen.filter(), payloads::skip, [&](const event_view& event) {
        found[stream_id(std::string(event.category), std::string(event.key))] = {event.version, event.recorded};
        return true;
    });
    for (const auto& [stream, line] : found) {
        if (on.json)
            on.write({{"category", stream.category()},
                      {"key", stream.key()},
                      {"version", line.last.value()},
                      {"recorded", to_rfc3339(line.recorded.time())}});
        else
            on.line(fmt::format("{} {} {}", to_string(stream), line.last.value(), to_rfc3339(line.recorded.time())));
    }
    return 0;
}

}  // namespace

void declare_streams(command_list& all) {
    auto path = std::make_shared<std::string>();
    auto what = std::make_shared<selection>();
    auto words = all.add("streams", "The streams of a store, each with its last version and its time",
                         [=](const console& on) { return streams(*path, *what, on); });
    words.place("STORE", *path, "The store's directory");
    what->declare(words);
}

}  // namespace leftfold::inline v0::tools
