// pause, resume, drain, seek, stop: orders for projections, reactors and processes, given to the engine that runs them,
// or kept for the next one.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "asking_engines.hpp"
#include "commands.hpp"
#include "leftfold/projections/kept_orders.hpp"
#include "leftfold/projections/start_text.hpp"
#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "model_database.hpp"
#include "open_store.hpp"
#include "sqlite/doorbell.hpp"

namespace leftfold::inline v0::tools {

namespace {

using boost::json::object;

struct order_words {
    std::string path;
    std::string name;
    std::string by;
    std::string place;
    bool nearest = false;
    std::int64_t wait_s = 60;

    consumer_place where() const { return {path, name}; }
    std::string who() const { return by.empty() ? name_of_user() : by; }
    control_request request(const char* verb) const {
        return {.verb = verb, .arguments = {{"projection", name}, {"by", who()}}};
    }
};

int show_status(const object& status, const console& on) {
    if (on.json)
        on.write(status);
    else
        on.line(fmt::format("{} is {}", std::string(status.at("projection").as_string()), state_line(status)));
    return success;
}

int show_kept(const order_words& words, const char* verb, const console& on) {
    if (on.json)
        on.write({{"projection", words.name}, {"kept", verb}});
    else
        on.line(fmt::format("no engine runs over {}: the order to {} {} is kept there for the next one", words.path,
                            verb, words.name));
    return success;
}

[[noreturn]] void fail_without_engine(const order_words& words, const char* doing) {
    throw error(errc::not_found, fmt::format("{} {}: no engine runs over {}", doing, words.name, words.path));
}

int pause(const order_words& words, const console& on) {
    if (const auto done = answer_of_engine(words.where(), words.request("pause"))) return show_status(*done, on);
    if (words.where().is_process()) {
        auto store = open_for_writing(words.path);
        pause_process(store, words.name, words.who());
    } else {
        kept_orders(words.path).pause(words.name, words.who());
    }
    return show_kept(words, "pause", on);
}

int resume(const order_words& words, const console& on) {
    if (const auto done = answer_of_engine(words.where(), words.request("resume"))) return show_status(*done, on);
    if (words.where().is_process()) {
        auto store = open_for_writing(words.path);
        resume_process(store, words.name, words.who());
    } else {
        kept_orders(words.path).resume(words.name);
    }
    return show_kept(words, "resume", on);
}

int stop(const order_words& words, const console& on) {
    if (const auto done = answer_of_engine(words.where(), words.request("stop"))) return show_status(*done, on);
    fail_without_engine(words, "stopping");
}

/// Reads a place as people write it: a word of start_text.hpp, PARTITION:OFFSET, or a time.
start_at place_in(const order_words& words, const console& on) {
    const auto& text = words.place;
    const auto found = [&] {
        if (text == "earliest" || text == "latest" || text.starts_with("after:")) return parse_start(text);
        if (text.find(':') != std::string::npos && text.find_first_not_of("0123456789:") == std::string::npos)
            return start_at::event(parse_position(text));
        const instant now{std::chrono::microseconds(complete({}).clock->wall_us())};
        const recorded_at when(parse_asked_time(text, now));
        on.note("from " + to_rfc3339(when.time()));
        return start_at::time(when);
    }();
    return words.nearest ? found.or_nearest() : found;
}

int seek(const order_words& words, const console& on) {
    const auto where = place_in(words, on);
    auto request = words.request("seek");
    request.arguments["start"] = to_string(where);
    if (const auto done = answer_of_engine(words.where(), request)) return show_status(*done, on);
    if (words.where().is_process())
        throw error(errc::unsupported, fmt::format("sending process {} to another place", words.name));
    kept_orders(words.path).seek(words.name, where, words.who());
    return show_kept(words, "seek", on);
}

/// Its status as its engine tells it now.
object status_of(const order_words& words) {
    const auto all = status_of_engine(words.where());
    const auto* found = all.if_contains(words.name);
    if (found == nullptr) fail_without_engine(words, "draining");
    return found->as_object();
}

/// Waits for news of a drain. Its engine rings when it commits; a process writes its pause into the log.
class drain_news {
public:
    explicit drain_news(const consumer_place& of) {
        if (of.is_process()) {
            store_.emplace(open_for_reading(of.path.string()));
            look();
        } else {
            bell_.emplace(leftfold::detail::bell_of(of.path), sqlite::doorbell::role::reader);
        }
    }
    /// What happens from now on is news.
    void look() {
        if (store_) seen_ = store_->heads();
        if (bell_) bell_->look();
    }
    void wait(std::chrono::microseconds at_most) {
        if (store_) store_->wait_beyond(seen_, std::chrono::ceil<std::chrono::milliseconds>(at_most));
        if (bell_) bell_->wait(at_most);
    }

private:
    std::optional<event_store> store_;
    cut seen_;
    std::optional<sqlite::doorbell> bell_;
};

int drain(const order_words& words, const console& on) {
    const auto begun = answer_of_engine(words.where(), words.request("drain"));
    if (!begun) fail_without_engine(words, "draining");
    auto now = *begun;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(words.wait_s);
    drain_news news(words.where());
    while (now.at("state").as_string() == "draining") {
        news.look();
        now = status_of(words);
        if (now.at("state").as_string() != "draining") break;
        const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            throw error(errc::behind, fmt::format("draining {}, which goes on: {}", words.name, state_line(now)));
        // A drain that fails rings nothing, so that is looked for once a second.
        news.wait(std::min<std::chrono::microseconds>(left, std::chrono::seconds(1)));
    }
    show_status(now, on);
    return now.at("state").as_string() == "paused" ? success : failed;
}

command_words add_order(command_list& all, const char* name, const char* what,
                        const std::shared_ptr<order_words>& words, int (*run)(const order_words&, const console&)) {
    return all.add(name, what, [words, run](const console& on) { return run(*words, on); })
        .place("DATABASE", words->path, "The file with the read models, or of the reactor; for a process, its store")
        .place("NAME", words->name, "The name of the projection, reactor or process")
        .option("--by", words->by, "Whose order it is; the user who runs this, unless told");
}

}  // namespace

void declare_orders(command_list& all) {
    const auto words = [] { return std::make_shared<order_words>(); };
    add_order(all, "pause", "Let a projection, reactor or process rest until it is resumed, restarts included", words(),
              pause);
    add_order(all, "resume", "Let one go on that was paused or stopped, or failed", words(), resume);
    add_order(all, "stop", "Let one rest until it is resumed or its program restarts", words(), stop);
    const auto drained = words();
    add_order(all, "drain", "Let one do what is closed now, then pause", drained, drain)
        .number("--wait", drained->wait_s, 0, "Seconds to wait for the end; 60 unless told");
    const auto sought = words();
    add_order(all, "seek", "Drop a projection's rows and fold anew from another place", sought, seek)
        .place("PLACE", sought->place, "earliest, latest, PARTITION:OFFSET, after:CUT, or a time")
        .flag("--or-nearest", sought->nearest, "Take the nearest place when that one is not there");
}

}  // namespace leftfold::inline v0::tools
