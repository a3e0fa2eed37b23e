// parked list, show, retry, discard: the streams that projections have set aside.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "asking_engines.hpp"
#include "commands.hpp"
#include "domain_commands.hpp"
#include "generations.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "models_in.hpp"
#include "open_store.hpp"
#include "parked_queue.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct parked_words {
    std::string verb;
    std::string database;
    std::string projection;
    std::string stream;
    std::string store;
    const domain* known = nullptr;
};

boost::json::object object_of(const std::string& projection, const parked_key& of) {
    return {
        {"projection", projection},
        {"stream", to_string(of.stream)},
        {"since", to_rfc3339(of.since.time())},
        {"failed", of.failed.at == offset{} ? boost::json::value(nullptr) : boost::json::value(to_string(of.failed))},
        {"type", of.type},
        {"why", of.why},
        {"attempts", of.attempts},
        {"waiting", of.waiting}};
}

int list(const parked_words& words, const console& on) {
    auto connection = open_models(words.database);
    for (const auto& name : projections_in(connection, words.projection)) {
        sqlite::connection rows(leftfold::detail::live_file(words.database, name));
        sqlite::statement select(rows, leftfold::detail::select_parked);
        for (const auto& each : leftfold::detail::read_parked(select, name)) {
            if (on.json) {
                on.write(object_of(name, each));
                continue;
            }
            const auto failed = each.failed.at == offset{} ? std::string("none of its own")
                                                           : fmt::format("{} {}", to_string(each.failed), each.type);
            on.line(fmt::format("{} {} since {}: {} waiting, {} attempt(s), failed at {}: {}", name,
                                to_string(each.stream), to_rfc3339(each.since.time()), each.waiting, each.attempts,
                                failed, each.why));
        }
    }
    return success;
}

/// Opens the file that has the rows of the projection that the words name. Throws errc::not_found.
sqlite::connection open_rows(const parked_words& words) {
    auto connection = open_models(words.database);
    projections_in(connection, words.projection);
    return sqlite::connection(leftfold::detail::live_file(words.database, words.projection));
}

/// Returns the parked stream that the words name. Throws errc::not_found.
parked_key named_in(sqlite::connection& rows, const parked_words& words) {
    sqlite::statement select(rows, leftfold::detail::select_parked);
    for (auto& each : leftfold::detail::read_parked(select, words.projection))
        if (to_string(each.stream) == words.stream) return std::move(each);
    throw error(errc::not_found, fmt::format("looking for stream {} among the parked ones of projection {}",
                                             words.stream, words.projection));
}

int show(const parked_words& words, const console& on) {
    auto rows = open_rows(words);
    const sqlite::transaction together(rows, sqlite::transaction::kind::deferred);
    const auto found = named_in(rows, words);
    sqlite::statement events(rows,
                             "SELECT recorded, position FROM leftfold_waiting WHERE projection = ?1 AND stream = ?2 "
                             "ORDER BY recorded");
    events.bind_text(1, words.projection).bind_text(2, words.stream);
    while (events.step()) {
        const auto recorded = to_rfc3339(recorded_at::from_micros(events.number(0)).time());
        const std::string at(events.text(1));
        const bool failed = at == to_string(found.failed);
        if (on.json)
            on.write({{"position", at}, {"recorded", recorded}, {"failed", failed}});
        else
            on.line(fmt::format("{} {}{}", at, recorded, failed ? fmt::format("  {}: {}", found.type, found.why) : ""));
    }
    return success;
}

/// Where nobody owns the database, folding a stream again takes the projection itself, and so its program.
bool rejoin_here(const parked_words& words) {
    const bool discards = words.verb == "discard";
    if (words.known == nullptr)
        throw error(errc::unsupported,
                    fmt::format("{} a parked stream decodes events: no engine runs over {}, and this "
                                "program does not know their types. Ask the application's own",
                                discards ? "discarding an event of" : "retrying", words.database));
    if (words.store.empty())
        throw error(errc::invalid_argument,
                    fmt::format("no engine runs over {}: name its store by --store STORE", words.database));
    auto store = open_for_reading(words.store);
    return find_projection(*words.known, words.projection, words.verb)
        .rejoin(store, words.database, stream_id::parse(words.stream),
                discards ? detail::parked_verb::discard : detail::parked_verb::retry);
}

int rejoin(const parked_words& words, const console& on) {
    const control_request request{.verb = words.verb,
                                  .arguments = {{"projection", words.projection}, {"stream", words.stream}}};
    const auto answer = answer_of_engine({words.database, words.projection}, request);
    const bool rejoined = answer ? answer->at("rejoined").as_bool() : rejoin_here(words);
    std::string why;
    if (!rejoined) {
        auto rows = open_rows(words);
        why = named_in(rows, words).why;
    }
    if (on.json)
        on.write({{"stream", words.stream}, {"rejoined", rejoined}, {"why", why}});
    else
        on.line(rejoined ? fmt::format("{} has rejoined", words.stream)
                         : fmt::format("{} stays parked: {}", words.stream, why));
    return rejoined ? success : failed;
}

int parked(const parked_words& words, const console& on) {
    if (words.verb == "list") return list(words, on);
    if (words.verb != "show" && words.verb != "retry" && words.verb != "discard")
        throw error(errc::invalid_argument,
                    fmt::format("reading \"parked {}\": it is list, show, retry or discard", words.verb));
    if (words.projection.empty() || words.stream.empty())
        throw error(errc::invalid_argument,
                    fmt::format("reading \"parked {}\": it wants PROJECTION and CATEGORY-KEY", words.verb));
    return words.verb == "show" ? show(words, on) : rejoin(words, on);
}

}  // namespace

void declare_parked(command_list& all, const domain* known) {
    auto words = std::make_shared<parked_words>();
    words->known = known;
    all.add("parked", "The streams that projections have set aside: list, show, retry, discard",
            [words](const console& on) { return parked(*words, on); })
        .place("VERB", words->verb, "list, show, retry or discard")
        .place("DATABASE", words->database, "The file with the read models")
        .optional_place("PROJECTION", words->projection, "The name of the projection; list: all of them")
        .optional_place("STREAM", words->stream, "The parked stream, CATEGORY-KEY")
        .option("--store", words->store, "The store, for a program that knows its types when no engine runs");
}

}  // namespace leftfold::inline v0::tools
