#include <fmt/format.h>

#include <CLI/CLI.hpp>

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

void declare_reindex(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("reindex", "Make a store's stream index again from its log");
    auto path = std::make_shared<std::string>();
    command->add_option("STORE", *path, "The store's directory")->required();
    command->callback([path, &chosen] { chosen = [=](const console& on) { return reindex(*path, on); }; });
}

void declare_clock(CLI::App& root, chosen_action& chosen) {
    auto* command =
        root.add_subcommand("clock", "Take the machine's clock as right, after a jump that made a store refuse");
    auto path = std::make_shared<std::string>();
    command->add_option("STORE", *path, "The store's directory")->required();
    auto accept = std::make_shared<bool>(false);
    command->add_flag("--accept", *accept, "Confirm it")->required();
    command->callback([path, accept, &chosen] { chosen = [=](const console& on) { return accept_clock(*path, on); }; });
}

}  // namespace leftfold::inline v0::tools
