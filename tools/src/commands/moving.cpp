#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

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

/// Says what was done: on standard error, where standard output carries events.
void say(std::ostream& to, const console& on, boost::json::object object, const std::string& text) {
    if (on.json)
        on.write(object);
    else
        to << text << '\n';
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
    say(on.out, on, {{"events", report.events}, {"cut", to_string(report.copied)}},
        fmt::format("{} event(s) copied; {} holds the cut {}", report.events, to, to_string(report.copied)));
    return success;
}

void declare_copy(CLI::App& root, chosen_action& chosen, copying how, const char* name, const char* what) {
    auto* command = root.add_subcommand(name, what);
    auto from = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    command->add_option(how == copying::restore ? "BACKUP" : "STORE", *from, "The directory to copy")->required();
    command->add_option(how == copying::restore ? "STORE" : "BACKUP", *to, "The directory to copy it to")->required();
    command->callback([=, &chosen] { chosen = [=](const console& on) { return copy(*from, *to, how, on); }; });
}

}  // namespace

void declare_export(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("export", "Write a store as CloudEvents, one JSON object a line");
    auto options = std::make_shared<export_options>();
    command->add_option("STORE", options->path, "The store's directory")->required();
    command->add_flag("--merged", options->merged,
                      "In recorded order over all partitions, not partition after partition");
    options->chosen.declare(*command);
    command->callback([options, &chosen] {
        chosen = [options](const console& on) {
            auto store = open_for_reading(options->path);
            export_events(store, options->chosen, options->merged ? export_order::by_time : export_order::by_partition,
                          on);
            return success;
        };
    });
}

void declare_import(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("import", "Read an export from standard input into a store");
    auto path = std::make_shared<std::string>();
    auto options = std::make_shared<import_options>();
    command->add_option("STORE", *path, "The store's directory; made if it is not there")->required();
    command->add_option("--partitions", options->partitions, "Another number of partitions than the exported store has")
        ->check(CLI::PositiveNumber);
    command->callback([=, &chosen] {
        chosen = [=](const console& on) {
            const auto report = import_events(*path, *options, on);
            say(on.out, on, {{"events", report.events}, {"complete", report.complete}},
                fmt::format("{} event(s) imported{}", report.events,
                            report.complete ? "" : ", appended under their own ids"));
            return success;
        };
    });
}

void declare_backup(CLI::App& root, chosen_action& chosen) {
    declare_copy(root, chosen, copying::backup, "backup", "Copy a store while it lives; again, to carry the copy on");
}

void declare_restore(CLI::App& root, chosen_action& chosen) {
    declare_copy(root, chosen, copying::restore, "restore", "Make a live store from a backup");
}

}  // namespace leftfold::inline v0::tools
