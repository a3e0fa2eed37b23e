#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <optional>

#include "commands.hpp"
#include "leftfold/storage/control.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Has the owner do it, if somebody owns the store. Returns whether there is an owner who did.
std::optional<boost::json::object> done_by_owner(const std::string& path, const char* verb) {
    const auto answer = ask_owner(path, {.verb = verb});
    if (!answer) return std::nullopt;
    return boost::json::parse(*answer).as_object();
}

void say_reindexed(std::uint64_t partitions, const console& on) {
    if (on.json)
        on.write({{"partitions", partitions}});
    else
        on.line(fmt::format("the index of {} partition(s) was made again from the log", partitions));
}

void say_accepted(std::string_view clock, const console& on) {
    if (on.json)
        on.write({{"accepted", true}, {"clock", boost::json::string_view(clock.data(), clock.size())}});
    else
        on.line(fmt::format("the clock is accepted; the store goes on from {}", clock));
}

int reindex(const std::string& path, const console& on) {
    if (const auto done = done_by_owner(path, "reindex")) {
        say_reindexed(done->at("partitions").to_number<std::uint64_t>(), on);
        return success;
    }
    auto store = open_for_writing(path);
    progress_bar bar(on, "indexing");
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        bar.show(p, store.partitions());
        store.index().rebuild(partition_id(p));
    }
    store.close();
    say_reindexed(store.partitions(), on);
    return success;
}

int accept_clock(const std::string& path, const console& on) {
    if (const auto done = done_by_owner(path, "accept-clock")) {
        say_accepted(std::string(done->at("clock").as_string()), on);
        return success;
    }
    auto store = open_for_writing(path);
    store.accept_clock();
    const auto closed = store.closed();
    store.close();
    say_accepted(to_rfc3339(closed.time()), on);
    return success;
}

}  // namespace

void declare_reindex(command_list& all) {
    auto path = std::make_shared<std::string>();
    all.add("reindex", "Make a store's stream index again from its log",
            [path](const console& on) { return reindex(*path, on); })
        .place("STORE", *path, "The store's directory");
}

void declare_clock(command_list& all) {
    auto path = std::make_shared<std::string>();
    all.add("clock", "Take the machine's clock as right, after a jump that made a store refuse",
            [path](const console& on) { return accept_clock(*path, on); })
        .place("STORE", *path, "The store's directory")
        .confirmation("--accept", "Confirm it");
}

}  // namespace leftfold::inline v0::tools
