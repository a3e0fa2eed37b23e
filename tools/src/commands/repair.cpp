#include <fmt/format.h>

#include "commands.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

int reindex(const std::string& path, const console& on) {
    auto store = open_for_writing(path);
    progress_bar bar(on, "indexing");
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        bar.show(p, store.partitions());
        store.index().rebuild(partition_id(p));
    }
    store.close();
    if (on.json)
        on.write({{"partitions", store.partitions()}});
    else
        on.line(fmt::format("the index of {} partition(s) was made again from the log", store.partitions()));
    return success;
}

int accept_clock(const std::string& path, const console& on) {
    auto store = open_for_writing(path);
    store.accept_clock();
    const auto closed = store.closed();
    store.close();
    if (on.json)
        on.write({{"accepted", true}, {"clock", to_rfc3339(closed.time())}});
    else
        on.line(fmt::format("the clock is accepted; the store goes on from {}", to_rfc3339(closed.time())));
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
