#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "head_note.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

void declare_head(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("head",
                                        "How far a store has come and the hash of all it holds, to be kept "
                                        "elsewhere for verify --against; always in JSON");
    auto path = std::make_shared<std::string>();
    command->add_option("STORE", *path, "The store's directory")->required();
    command->callback([path, &chosen] {
        chosen = [path](const console& on) {
            auto store = open_for_reading(*path);
            on.line(to_line(head_note{.reached = heads_of(store)}));
            return success;
        };
    });
}

}  // namespace leftfold::inline v0::tools
