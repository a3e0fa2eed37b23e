#include "reactor_runner.hpp"

#include <fmt/format.h>

#include <utility>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Of the hash of the log up to an event, so much is part of an effect's key.
constexpr std::size_t hash_digits = 16;

event_filter filter_of(const reactor_type& type, const event_registry& events) {
    std::vector<std::string> names;
    for (const auto& each : type.handlers) names.emplace_back(each.type);
    return {.types = events.stored_names(names)};
}

const std::filesystem::path& checked(const reactor_options& options, std::string_view name) {
    if (options.file.empty())
        throw error(errc::invalid_argument, fmt::format("adding reactor {} without naming its file", name));
    return options.file;
}

}  // namespace

reactor_runner::reactor_runner(std::shared_ptr<store_core> store, const reactor_type& type,
                               std::unique_ptr<reactor_base> instance, reactor_options options,
                               std::shared_ptr<model_signals> signals)
    : event_worker(std::move(store),
                   {.kind = "reactor",
                    .name = type.name,
                    .filter = filter_of(type, options.events),
                    .retries = options.retries,
                    .save_every = options.unsaved_max},
                   std::move(signals)),
      type_(type),
      instance_(std::move(instance)),
      options_(std::move(options)),
      file_(checked(options_, type.name)) {}

void reactor_runner::open() {
    if (!file_.load(name())) {
        const auto start = find_start(options_.start, store_);
        begin_at(start);
        place_.start(start);
        const auto empty = place_.checkpoint(store_, {});
        file_.make_anew(name(), empty, {.at = empty.at, .since = start.since}, {});
    }
    file_.run("PRAGMA synchronous = FULL");  // nobody could tell from the log what was done outside
    stand_at(take_up());
    stay_paused(book().paused());
}

cut reactor_runner::take_up() {
    const auto saved = file_.load(name());
    const auto found = continue_from(saved ? std::optional(saved->at) : std::nullopt, store_);
    if (!found.at)
        throw error(errc::stale_model,
                    fmt::format("going on with reactor {} from {}: {}; nobody can say which of its effects were had",
                                name(), file_.file().string(), found.why));
    place_.resume(*found.at);
    return place_.at();
}

bool reactor_runner::act(const event_view& event) {
    at_.assign(event);
    const effect at(fmt::format("{}:{}:{}", name(), to_string(event.position()),
                                to_hex(event.integrity.chain).substr(0, hash_digits)),
                    at_);
    options_.events.translate(event.type, event.payload, [&](std::string_view type, std::string_view payload) {
        for (const auto& handler : type_.handlers)
            if (handler.type == type) handler.have(*instance_, payload, at);
    });
    point("an effect is had");
    return true;
}

void reactor_runner::save(const checkpoint& reached) {
    file_.roll_back();  // what a failed save left open
    file_.begin();
    file_.save(name(), {.shape = {}, .at = reached, .through = place_.through()});
    file_.commit();
}

/// What is kept in its file beside its place.
order_book reactor_runner::book() {
    file_.roll_back();
    return {file_, name()};
}

std::int64_t reactor_runner::keep_pause(const std::string& by) {
    const auto now = store_.world().clock->wall_us();
    book().note_pause({by, now});
    return now;
}

void reactor_runner::keep_resumption(const std::string&) {
    auto kept = book();
    if (kept.paused()) kept.forget_pause();
}

}  // namespace leftfold::inline v0::detail
