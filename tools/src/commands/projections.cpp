#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "model_database.hpp"
#include "open_store.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct projections_words {
    std::string path;
    std::string store;
};

struct kept_model {
    std::string projection;
    detail::stored_model model;
};

std::vector<kept_model> models_in(const std::filesystem::path& file) {
    if (!std::filesystem::is_regular_file(file))
        throw error(errc::not_found, "opening read models in " + file.string());
    sqlite::connection connection(file);
    detail::check_read_models(connection);
    const sqlite::transaction together(connection, sqlite::transaction::kind::deferred);
    std::vector<kept_model> found;
    for (auto& name : detail::read_model_names(connection)) {
        // Its rows, and how far they are, may be in a file of their own.
        sqlite::connection live(detail::live_file(file, name));
        sqlite::statement select(live, detail::select_model);
        if (auto model = detail::read_model_row(select, name)) found.push_back({std::move(name), std::move(*model)});
    }
    return found;
}

/// How far a model is behind its store, if it is one of it.
struct lag {
    std::int64_t events = 0;
    std::int64_t us = 0;
};

std::optional<lag> lag_of(const detail::stored_model& model, event_store& store) {
    if (model.at.store != store.id() || model.at.epoch != store.epoch()) return std::nullopt;
    const auto heads = store.heads();
    lag found;
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        found.events += std::max<std::int64_t>(
            0, heads.at(partition_id(p)).value() - model.at.consumed.at(partition_id(p)).value());
    if (found.events != 0)
        found.us = std::max<std::int64_t>(0, store.world().clock->wall_us() - model.through.micros());
    return found;
}

void show(const kept_model& each, event_store* store, const console& on) {
    const auto& at = each.model.at;
    const auto behind = store != nullptr ? lag_of(each.model, *store) : std::nullopt;
    const auto through = to_rfc3339(each.model.through.time());
    if (on.json) {
        boost::json::object object{{"projection", each.projection},
                                   {"store", to_string(at.store)},
                                   {"epoch", at.epoch.value()},
                                   {"cut", to_string(at.consumed)},
                                   {"through", through}};
        if (store != nullptr) object["stale"] = !behind;
        if (behind) {
            object["events_behind"] = behind->events;
            object["time_behind_us"] = behind->us;
        }
        return on.write(object);
    }
    auto line = fmt::format("{} at {}, through {}", each.projection, to_string(at.consumed), through);
    if (behind)
        line += fmt::format(", {} event(s) and {:.3f} s behind", behind->events, static_cast<double>(behind->us) / 1e6);
    else if (store != nullptr)
        line += ", stale: made from another store, or before that was restored";
    on.line(line);
}

int projections(const projections_words& words, const console& on) {
    const auto models = models_in(words.path);
    std::optional<event_store> store;
    if (!words.store.empty()) store.emplace(open_for_reading(words.store));
    for (const auto& each : models) show(each, store ? &*store : nullptr, on);
    return success;
}

}  // namespace

void declare_projections(command_list& all) {
    auto words = std::make_shared<projections_words>();
    all.add("projections",
            "The projections in a database of read models: how far each has come, and how far behind it is",
            [words](const console& on) { return projections(*words, on); })
        .place("DATABASE", words->path, "The file with the read models")
        .option("--store", words->store, "The store that they were made from, to tell how far they are behind");
}

}  // namespace leftfold::inline v0::tools
