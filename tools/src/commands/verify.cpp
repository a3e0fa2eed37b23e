#include "leftfold/storage/verify.hpp"

#include <fmt/format.h>

#include <ostream>

#include "commands.hpp"
#include "head_note.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct verify_words {
    std::string path;
    std::string state;    // where the note is kept; empty: in the store's directory
    std::string against;  // a note to compare with
    bool full = false;

    std::filesystem::path note_file() const {
        return state.empty() ? std::filesystem::path(path) / "verified" : std::filesystem::path(state);
    }
};

/// The note of the last verification, if it can be relied on to be one of this store. It need not be true: verify
/// compares it with the store.
std::optional<head_note> last_note(const verify_words& words, const event_store& store, const console& on) {
    const auto ignore = [&](std::string_view why) {
        on.note(fmt::format("leftfold: {} is ignored, and everything is read: {}", words.note_file().string(), why));
        return std::nullopt;
    };
    try {
        auto note = read_head_note(words.note_file());
        if (!note) return std::nullopt;
        if (note->reached.store != store.id()) return ignore("it is of another store");
        if (note->reached.epoch != store.epoch()) return ignore("the store was restored since");
        if (note->reached.consumed.partitions() != store.partitions()) return ignore("it has other partitions");
        return note;
    } catch (const error& e) {
        return ignore(e.what());
    }
}

checkpoint noted_elsewhere(const std::string& file, const event_store& store) {
    const auto note = read_head_note(file);
    if (!note) throw error(errc::not_found, "reading " + file);
    if (note->reached.store != store.id() || note->reached.consumed.partitions() != store.partitions())
        throw error(errc::foreign_file, "comparing with " + file + ", a note on another store");
    return note->reached;
}

/// Keeps where this verification ended. That is a help for the next one; it fails the command only when it was asked
/// for by name.
void keep(const verify_words& words, const head_note& note, const console& on) {
    try {
        keep_head_note(words.note_file(), note);
    } catch (const error& e) {
        if (!words.state.empty()) throw;
        on.note(fmt::format("leftfold: the next verify reads everything again: {}", e.what()));
    }
}

void show(const verify_report& report, const head_note& now, const cut& since, const console& on) {
    for (const auto& damage : report.damages) {
        if (on.json)
            on.write({{"damage", damage.what},
                      {"partition", damage.where.partition.value()},
                      {"offset", damage.where.at.value()}});
        else
            on.line(fmt::format("{} {}", to_string(damage.where), damage.what));
    }
    const auto full = now.read_in_full ? to_rfc3339(*now.read_in_full) : std::string();
    if (on.json) {
        on.write({{"events", report.events},
                  {"since", to_string(since)},
                  {"cut", to_string(report.reached.consumed)},
                  {"damages", report.damages.size()},
                  {"sound", report.sound()},
                  {"read_in_full", full.empty() ? boost::json::value(nullptr) : boost::json::value(full)}});
        return;
    }
    on.line(fmt::format(
        "{} events, {}", report.events,
        report.sound() ? "all as they were written" : fmt::format("{} damaged place(s)", report.damages.size())));
    if (since != cut(since.partitions()))
        on.line(fmt::format("those up to {} were verified before, last in full at {}; --full reads them again",
                            to_string(since), full));
}

int verify_store(const verify_words& words, const console& on) {
    auto store = open_for_reading(words.path);
    const auto last = last_note(words, store, on);
    const bool goes_on = last && !words.full && last->state == head_note::trust::sound;
    progress_bar bar(on, "verifying");
    verify_options options{.progress = [&](std::int64_t done, std::int64_t all) { bar.show(done, all); }};
    if (goes_on)
        options.since = last->reached;
    else if (last)
        options.known.push_back(last->reached);
    if (!words.against.empty()) options.known.push_back(noted_elsewhere(words.against, store));
    const auto started = instant{std::chrono::microseconds{store.world().clock->wall_us()}};
    const auto report = verify(store, std::move(options));

    head_note now{.reached = report.reached, .read_in_full = goes_on ? last->read_in_full : started};
    if (!report.sound()) {  // what was reached once stays known, so that a lost tail is found the next time too
        now.reached = last ? last->reached : checkpoint{};
        now.read_in_full = last ? last->read_in_full : std::nullopt;
        now.state = head_note::trust::damaged;
    }
    show(report, now, goes_on ? last->reached.consumed : cut(store.partitions()), on);
    if (report.sound() || last) keep(words, now, on);
    return report.sound() ? success : damaged;
}

}  // namespace

void declare_verify(command_list& all) {
    auto words = std::make_shared<verify_words>();
    all.add("verify", "Read the events that came since the last time, and check that they are what was written",
            [words](const console& on) { return verify_store(*words, on); })
        .place("STORE", words->path, "The store's directory")
        .flag("--full", words->full, "Read every event again")
        .option("--state", words->state, "The file that keeps how far it came; else STORE/verified")
        .option("--against", words->against, "A file that `leftfold head` wrote: the store must still have it");
}

}  // namespace leftfold::inline v0::tools
