#include "engine_verbs.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "engine_core.hpp"
#include "leftfold/projections/start_text.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

namespace {

namespace json = boost::json;

json::object object_of(worker& what) {
    const auto of = what.board().status();
    json::object made{{"projection", of.name},
                      {"kind", what.kind()},
                      {"state", to_string(of.state)},
                      {"cut", to_string(of.reached)},
                      {"events_behind", of.events_behind},
                      {"time_behind_us", of.time_behind.count()},
                      {"events_per_second", of.events_per_second},
                      {"attempts", of.attempts},
                      {"failure", of.failure},
                      {"failures", of.failures},
                      {"last_failure", of.last_failure},
                      {"parked", of.parked},
                      {"generation", of.generation}};
    if (of.told_at) {
        made["told_by"] = of.told_by;
        made["told_at"] = to_rfc3339(*of.told_at);
    }
    return made;
}

const std::string& argument(const control_request& of, std::string_view name) {
    const auto found = of.arguments.find(name);
    if (found == of.arguments.end())
        throw error(errc::invalid_argument, fmt::format("being asked to \"{}\" without \"{}\"", of.verb, name));
    return found->second;
}

/// What an engine drives and is heard at one socket, for whoever asks about it.
class verbs {
public:
    explicit verbs(std::vector<worker*> here) : here_(std::move(here)) {}

    std::string status() const {
        json::array all;
        for (auto* each : here_) all.push_back(object_of(*each));
        return json::serialize(json::object{{"projections", std::move(all)}});
    }

    /// Gives an order to the one that is asked about, and answers with where that stands then.
    template <class Order>
    std::string after(const control_request& asked, Order give) const {
        auto& of = named(asked);
        give(of.name(), argument(asked, "by"));
        return json::serialize(object_of(of));
    }

    /// Goes back to kept rows, and answers with where they stand, and which generation is kept now.
    template <class Order>
    std::string rolled_back(const control_request& asked, Order roll_back) const {
        auto& of = named(asked);
        const auto was_live = of.board().status().generation;
        roll_back(of.name());
        auto now = object_of(of);
        now["kept"] = was_live;
        return json::serialize(now);
    }

    /// Does something about a parked stream, and answers whether it has rejoined.
    template <class Attempt>
    std::string rejoined(const control_request& asked, Attempt attempt) const {
        const auto stream = stream_id::parse(argument(asked, "stream"));
        const bool rejoined = attempt(named(asked).name(), stream);
        return json::serialize(json::object{{"stream", to_string(stream)}, {"rejoined", rejoined}});
    }

private:
    worker& named(const control_request& asked) const {
        const auto& name = argument(asked, "projection");
        for (auto* each : here_)
            if (each->name() == name) return *each;
        throw error(errc::not_found, fmt::format("looking for {}: no engine has it here", name));
    }

    std::vector<worker*> here_;
};

}  // namespace

control_verbs engine_verbs(engine_core& of, std::vector<worker*> here) {
    const verbs on(std::move(here));
    using request = const control_request&;
    control_verbs all;
    all.emplace("ping", [](request) { return std::string("{}"); });
    all.emplace("status", [on](request) { return on.status(); });
    all.emplace("pause", [on, &of](request asked) {
        return on.after(asked, [&](const auto& name, const auto& by) { of.pause(name, by); });
    });
    all.emplace("resume", [on, &of](request asked) {
        return on.after(asked, [&](const auto& name, const auto& by) { of.resume(name, by); });
    });
    // Answers at once, so that somebody else can call it off; who asks waits by itself.
    all.emplace("drain", [on, &of](request asked) {
        return on.after(asked, [&](const auto& name, const auto& by) {
            of.drain(name, {.at_most = std::chrono::milliseconds{0}, .late = when_late::answer_stale}, by);
        });
    });
    all.emplace("seek", [on, &of](request asked) {
        const auto where = parse_start(argument(asked, "start"));
        return on.after(asked, [&](const auto& name, const auto& by) { of.seek(name, where, by); });
    });
    all.emplace("stop", [on, &of](request asked) {
        return on.after(asked, [&](const auto& name, const auto& by) { of.stop(name, by); });
    });
    all.emplace("rollback", [on, &of](request asked) {
        return on.rolled_back(asked, [&](const auto& name) { of.roll_back(name); });
    });
    all.emplace("retry", [on, &of](request asked) {
        return on.rejoined(asked, [&](const auto& name, const auto& stream) { return of.retry_parked(name, stream); });
    });
    all.emplace("discard", [on, &of](request asked) {
        return on.rejoined(asked,
                           [&](const auto& name, const auto& stream) { return of.discard_parked(name, stream); });
    });
    return all;
}

}  // namespace leftfold::inline v0::detail
