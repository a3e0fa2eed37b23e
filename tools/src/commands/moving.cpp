#include <fmt/format.h>

#include "commands.hpp"
#include "exporting.hpp"
#include "importing.hpp"
#include "leftfold/storage/backup.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct copy_places {
    std::string from, to;
};

struct export_options {
    std::string path;
    bool merged = false;
    selection chosen;
};

/// Says what was done.
void say(const console& on, const boost::json::object& object, const std::string& text) {
    if (on.json)
        on.write(object);
    else
        on.line(text);
}

backup_options shown_on(progress_bar& bar) {
    return {.progress = [&bar](std::int64_t done, std::int64_t all) { bar.show(done, all); }};
}

int back_up(const copy_places& places, bool rehearse, const console& on) {
    progress_bar bar(on, "backing up");
    auto store = open_for_reading(places.from);
    auto options = shown_on(bar);
    options.rehearse = rehearse;
    const auto report = backup(store, places.to, std::move(options));
    const auto held = to_string(report.copied);
    say(on, {{"events", report.events}, {"verified", report.verified}, {"rehearsed", rehearse}, {"cut", held}},
        fmt::format("{} event(s) copied, {} {}; {} holds the cut {}", report.events, report.verified,
                    rehearse ? "restored and verified" : "read back and verified", places.to, held));
    return success;
}

int restore_from(const copy_places& places, const console& on) {
    progress_bar bar(on, "restoring");
    const auto report = restore(places.from, places.to, shown_on(bar));
    const auto held = to_string(report.copied);
    say(on, {{"events", report.events}, {"cut", held}},
        fmt::format("{} event(s) copied; {} holds the cut {}", report.events, places.to, held));
    return success;
}

int export_store(const export_options& options, const console& on) {
    auto store = open_for_reading(options.path);
    export_events(store, options.chosen, options.merged ? export_order::by_time : export_order::by_partition, on);
    return success;
}

int import(const std::string& path, std::int64_t partitions, const console& on) {
    import_options options;
    if (partitions != 0) options.partitions = partitions;
    const auto report = import_events(path, options, on);
    say(on, {{"events", report.events}, {"complete", report.complete}},
        fmt::format("{} event(s) imported{}", report.events, report.complete ? "" : ", appended under their own ids"));
    return success;
}

}  // namespace

void declare_export(command_list& all) {
    auto options = std::make_shared<export_options>();
    auto words = all.add("export", "Write a store as CloudEvents, one JSON object a line",
                         [options](const console& on) { return export_store(*options, on); });
    words.place("STORE", options->path, "The store's directory")
        .flag("--merged", options->merged, "In recorded order over all partitions, not partition after partition");
    options->chosen.declare(words);
}

void declare_import(command_list& all) {
    auto path = std::make_shared<std::string>();
    auto partitions = std::make_shared<std::int64_t>(0);
    all.add("import", "Read an export from standard input into a store",
            [=](const console& on) { return import(*path, *partitions, on); })
        .place("STORE", *path, "The store's directory; made if it is not there")
        .number("--partitions", *partitions, 1, "Another number of partitions than the exported store has");
}

void declare_backup(command_list& all) {
    auto places = std::make_shared<copy_places>();
    auto rehearse = std::make_shared<bool>(false);
    all.add("backup", "Copy a store while it lives; again, to carry the copy on",
            [=](const console& on) { return back_up(*places, *rehearse, on); })
        .place("STORE", places->from, "The directory to copy")
        .place("BACKUP", places->to, "The directory to copy it to")
        .flag("--rehearse", *rehearse, "Restore the whole copy beside it, verify that and remove it");
}

void declare_restore(command_list& all) {
    auto places = std::make_shared<copy_places>();
    all.add("restore", "Make a live store from a backup", [=](const console& on) { return restore_from(*places, on); })
        .place("BACKUP", places->from, "The directory to copy")
        .place("STORE", places->to, "The directory to copy it to");
}

}  // namespace leftfold::inline v0::tools
