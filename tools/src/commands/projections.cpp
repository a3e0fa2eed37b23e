#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "asking_engines.hpp"
#include "commands.hpp"
#include "generations.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "model_database.hpp"
#include "models_in.hpp"
#include "open_store.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct projections_words {
    std::string path;
    std::string store;
};

struct kept_model {
    /// That it is paused: by whom, and since when.
    struct pause {
        std::string by;
        std::string since;
    };

    std::string projection;
    leftfold::detail::stored_model model;
    std::optional<pause> paused;
};

/// Whether the engine of before there were pauses made the database, which has no table of them then.
bool has_pauses(sqlite::connection& on) {
    return on.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'leftfold_paused'") == 1;
}

std::vector<kept_model> models_in(const std::filesystem::path& file) {
    auto connection = open_models(file);
    const sqlite::transaction together(connection, sqlite::transaction::kind::deferred);
    std::vector<kept_model> found;
    for (auto& name : projections_in(connection)) {
        // Its rows, and how far they are, may be in a file of their own.
        sqlite::connection live(leftfold::detail::live_file(file, name));
        sqlite::statement select(live, leftfold::detail::select_model);
        if (auto model = leftfold::detail::read_model_row(select, name))
            found.push_back({std::move(name), std::move(*model), std::nullopt});
    }
    if (!has_pauses(connection)) return found;
    sqlite::statement paused(connection, "SELECT by, since FROM leftfold_paused WHERE projection = ?1");
    for (auto& each : found) {
        const sqlite::reset_at_end end(paused);
        if (paused.bind_text(1, each.projection).step())
            each.paused = {std::string(paused.text(0)), to_rfc3339(recorded_at::from_micros(paused.number(1)).time())};
    }
    return found;
}

/// How far a model is behind its store, if it is one of it.
struct lag {
    std::int64_t events = 0;
    std::int64_t us = 0;
};

std::optional<lag> lag_of(const leftfold::detail::stored_model& model, event_store& store) {
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

boost::json::object object_of(const kept_model& of) {
    boost::json::object object{{"projection", of.projection},
                               {"store", to_string(of.model.at.store)},
                               {"epoch", of.model.at.epoch.value()},
                               {"cut", to_string(of.model.at.consumed)},
                               {"through", to_rfc3339(of.model.through.time())}};
    if (of.paused) {
        object["state"] = "paused";
        object["told_by"] = of.paused->by;
        object["told_at"] = of.paused->since;
    }
    return object;
}

/// `engine` is what the engine says of it; empty when none runs.
void show(const kept_model& each, event_store* store, const boost::json::object& engine, const console& on) {
    const auto behind = store != nullptr ? lag_of(each.model, *store) : std::nullopt;
    if (on.json) {
        auto object = object_of(each);
        if (store != nullptr) object["stale"] = !behind;
        for (const auto& [name, value] : engine) object.emplace(name, value);
        if (behind) {
            object["events_behind"] = behind->events;
            object["time_behind_us"] = behind->us;
        }
        return on.write(object);
    }
    auto line = fmt::format("{} at {}, through {}", each.projection, to_string(each.model.at.consumed),
                            to_rfc3339(each.model.through.time()));
    const auto say_lag = [&](std::int64_t events, std::int64_t us) {
        line += fmt::format(", {} event(s) and {:.3f} s behind", events, static_cast<double>(us) / 1e6);
    };
    if (behind)
        say_lag(behind->events, behind->us);
    else if (store != nullptr)
        line += ", stale: made from another store, or before that was restored";
    else if (!engine.empty())
        say_lag(engine.at("events_behind").to_number<std::int64_t>(),
                engine.at("time_behind_us").to_number<std::int64_t>());
    if (!engine.empty())
        line += ", " + state_line(engine);
    else if (each.paused)
        line += fmt::format(", paused by {} at {}", each.paused->by, each.paused->since);
    on.line(line);
}

int projections(const projections_words& words, const console& on) {
    const auto models = models_in(words.path);
    std::optional<event_store> store;
    if (!words.store.empty()) store.emplace(open_for_reading(words.store));
    const auto engine = status_of_engine({.path = words.path});
    for (const auto& each : models) {
        const auto* told = engine.if_contains(each.projection);
        show(each, store ? &*store : nullptr, told != nullptr ? told->as_object() : boost::json::object(), on);
    }
    return success;
}

}  // namespace

void declare_projections(command_list& all) {
    auto words = std::make_shared<projections_words>();
    all.add("projections",
            "The projections in a database of read models, or a reactor: how far each has come, how far behind it is, "
            "how it goes",
            [words](const console& on) { return projections(*words, on); })
        .place("DATABASE", words->path, "The file with the read models, or of the reactor")
        .option("--store", words->store, "The store that they were made from, to tell how far they are behind");
}

}  // namespace leftfold::inline v0::tools
