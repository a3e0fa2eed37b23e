#include "leftfold/tools/main.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/version.hpp"

namespace leftfold::inline v0::tools {

namespace {

int status_of(errc code) {
    switch (code) {
        case errc::corrupt:
            return damaged;
        case errc::not_found:
            return not_there;
        case errc::locked:
            return in_use;
        case errc::already_exists:
            return already_there;
        case errc::invalid_event:
        case errc::newer_format:
        case errc::foreign_file:
            return refused_input;
        case errc::invalid_argument:
        case errc::invalid_name:
            return usage;
        default:
            return failed;
    }
}

void declare_all(CLI::App& root, chosen_action& chosen) {
    root.require_subcommand(1);
    root.set_version_flag("--version", LEFTFOLD_VERSION_STRING);
    root.footer(
        "Exit status: 0 done, 1 failed, 2 usage, 3 damaged, 4 not there, 5 in use, 6 input refused, 7 there already.");
    for (const auto declare : {declare_init, declare_info, declare_streams, declare_events, declare_tail, declare_sql,
                               declare_verify, declare_head, declare_reindex, declare_clock, declare_export,
                               declare_import, declare_backup, declare_restore})
        declare(root, chosen);
    for (auto* command : root.get_subcommands({})) command->fallthrough();
}

}  // namespace

int run(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err) {
    CLI::App root("leftfold looks into event stores, checks them and moves them.", "leftfold");
    console on{.in = in, .out = out, .err = err};
    root.add_flag("--json", on.json, "Answer in JSON, one object a line");
    chosen_action chosen;
    declare_all(root, chosen);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return root.exit(e, out, err) == 0 ? success : usage;
    }
    on.terminal = &err == &std::cerr && ::isatty(STDERR_FILENO) == 1;
    try {
        const auto status = chosen(on);
        out.flush();
        return status;
    } catch (const error& e) {
        err << "leftfold: " << e.what() << '\n';
        return status_of(e.kind());
    } catch (const std::exception& e) {
        err << "leftfold: " << e.what() << '\n';
        return failed;
    }
}

int main(int argc, const char* const* argv) {
    std::ios::sync_with_stdio(false);
    return run(argc, argv, std::cin, std::cout, std::cerr);
}

}  // namespace leftfold::inline v0::tools
