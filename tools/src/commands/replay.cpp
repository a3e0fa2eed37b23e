#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "domain_commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct replay_words {
    std::string path;
    std::string projection;
    std::string database;
};

int replay(const replay_words& words, const domain& known, const console& on) {
    const auto& projection = find_projection(known, words.projection, "replaying");
    if (std::filesystem::exists(words.database))
        throw error(errc::already_exists, "replaying into " + words.database + ", which is to be made");
    auto store = open_for_reading(words.path);
    progress_bar bar(on, "replaying");
    std::int64_t all = 0;
    const auto reached = projection.replay(store, words.database, [&](std::int64_t behind) {
        all = std::max(all, behind);
        bar.show(all - behind, all);
    });
    if (on.json)
        on.write({{"projection", words.projection}, {"database", words.database}, {"cut", to_string(reached)}});
    else
        on.line(
            fmt::format("{} replayed into {}, up to the cut {}", words.projection, words.database, to_string(reached)));
    return success;
}

}  // namespace

const detail::projection_answers& find_projection(const domain& known, std::string_view name, std::string_view doing) {
    std::string all;
    for (const auto& each : known.projections()) {
        if (each->name() == name) return *each;
        all += fmt::format("{}{}", all.empty() ? "" : ", ", each->name());
    }
    throw error(errc::invalid_argument, fmt::format("{} {}: this program knows {}", doing, name, all));
}

void declare_replay(command_list& all, const domain& known) {
    auto words = std::make_shared<replay_words>();
    all.add("replay", "Fold all events anew, into a database of its own, for comparing",
            [words, &known](const console& on) { return replay(*words, known, on); })
        .place("STORE", words->path, "The store's directory")
        .place("PROJECTION", words->projection, "The name of the projection")
        .place("DATABASE", words->database, "The file to make");
}

}  // namespace leftfold::inline v0::tools
