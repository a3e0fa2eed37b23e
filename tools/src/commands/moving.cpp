#include <fmt/format.h>

#include "commands.hpp"
#include "exporting.hpp"
#include "importing.hpp"
#include "leftfold/storage/backup.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

enum class copying { backup, restore };

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

int copy(const std::string& from, const std::string& to, copying how, const console& on) {
    progress_bar bar(on, how == copying::restore ? "restoring" : "backing up");
    backup_options options{.progress = [&](std::int64_t done, std::int64_t all) { bar.show(done, all); }};
    backup_report report;
    if (how == copying::restore) {
        report = restore(from, to, std::move(options));
    } else {
        auto store = open_for_reading(from);
        report = backup(store, to, std::move(options));
    }
    say(on, {{"events", report.events}, {"cut", to_string(report.copied)}},
        fmt::format("{} event(s) copied; {} holds the cut {}", report.events, to, to_string(report.copied)));
    return success;
}

void declare_copy(command_list& all, copying how, const char* name, const char* what) {
    auto from = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    all.add(name, what, [=](const console& on) { return copy(*from, *to, how, on); })
        .place(how == copying::restore ? "BACKUP" : "STORE", *from, "The directory to copy")
        .place(how == copying::restore ? "STORE" : "BACKUP", *to, "The directory to copy it to");
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
    declare_copy(all, copying::backup, "backup", "Copy a store while it lives; again, to carry the copy on");
}

void declare_restore(command_list& all) {
    declare_copy(all, copying::restore, "restore", "Make a live store from a backup");
}

}  // namespace leftfold::inline v0::tools
