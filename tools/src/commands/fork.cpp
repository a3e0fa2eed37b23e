#include "leftfold/storage/fork.hpp"

#include <fmt/format.h>

#include "asked_time.hpp"
#include "commands.hpp"
#include "leftfold/storage/moment.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct fork_words {
    std::string path;
    std::string target;
    std::string at;
};

/// Only a moment has slashes.
event_store forked(event_store& parent, const fork_words& asked) {
    if (asked.at.empty()) return leftfold::fork(parent, parent.heads(), asked.target);
    if (asked.at.find('/') != std::string::npos)
        return leftfold::fork(parent, moment_of(parent, asked.at), asked.target);
    return leftfold::fork(parent, time_in(parent, asked.at), asked.target);
}

int fork_store(const fork_words& asked, const console& on) {
    auto parent = open_for_reading(asked.path);
    auto made = forked(parent, asked);
    const auto origin = fork_origin_of(made).value();
    const auto then = to_rfc3339(origin.time.time());
    if (on.json)
        on.write({{"store", to_string(made.id())},
                  {"parent", to_string(origin.parent)},
                  {"time", then},
                  {"cut", to_string(origin.cut)},
                  {"depth", origin.depth}});
    else
        on.line(fmt::format("{} is a fork of {} at {}, the cut {}; delete its directory to drop it", asked.target,
                            asked.path, then, to_string(origin.cut)));
    return 0;
}

}  // namespace

void declare_fork(command_list& all) {
    auto asked = std::make_shared<fork_words>();
    all.add("fork", "Branch a store at a past moment, without copying it",
            [asked](const console& on) { return fork_store(*asked, on); })
        .place("STORE", asked->path, "The directory of the store to branch")
        .place("DIRECTORY", asked->target, "The new directory of the branch")
        .option("--at", asked->at, "A time, or a moment of the store; without it, all that is there");
}

}  // namespace leftfold::inline v0::tools
