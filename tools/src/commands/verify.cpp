#include "leftfold/storage/verify.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

int verify_store(const std::string& path, const console& on) {
    auto store = open_for_reading(path);
    progress_bar bar(on, "verifying");
    const auto report = verify(store, {.progress = [&](std::int64_t done, std::int64_t all) { bar.show(done, all); }});
    for (const auto& damage : report.damages) {
        if (on.json)
            on.write({{"damage", damage.what},
                      {"partition", damage.where.partition.value()},
                      {"offset", damage.where.at.value()}});
        else
            on.line(fmt::format("{} {}", to_string(damage.where), damage.what));
    }
    if (on.json)
        on.write({{"events", report.events},
                  {"cut", to_string(report.reached.consumed)},
                  {"damages", report.damages.size()},
                  {"sound", report.sound()}});
    else
        on.line(fmt::format(
            "{} events, {}", report.events,
            report.sound() ? "all as they were written" : fmt::format("{} damaged place(s)", report.damages.size())));
    return report.sound() ? success : damaged;
}

}  // namespace

void declare_verify(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("verify", "Read every event and check that it is what was written");
    auto path = std::make_shared<std::string>();
    command->add_option("STORE", *path, "The store's directory")->required();
    command->callback([path, &chosen] { chosen = [=](const console& on) { return verify_store(*path, on); }; });
}

}  // namespace leftfold::inline v0::tools
