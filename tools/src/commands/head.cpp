#include "commands.hpp"
#include "head_note.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

void declare_head(command_list& all) {
    auto path = std::make_shared<std::string>();
    all.add("head",
            "How far a store has come and the hash of all it holds, to be kept elsewhere for verify --against; always "
            "in JSON",
            [path](const console& on) {
                auto store = open_for_reading(*path);
                on.line(to_line(head_note{.reached = heads_of(store)}));
                return success;
            })
        .place("STORE", *path, "The store's directory");
}

}  // namespace leftfold::inline v0::tools
