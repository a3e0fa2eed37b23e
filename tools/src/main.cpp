#include "leftfold/tools/main.hpp"

#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "commands.hpp"
#include "domain_commands.hpp"
#include "leftfold/storage/error.hpp"
#include "one_line.hpp"

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
        case errc::other_history:
        case errc::event_too_large:
        case errc::headers_too_large:
        case errc::id_reused:
            return refused_input;
        case errc::invalid_argument:
        case errc::invalid_name:
        case errc::invalid_utf8:
            return usage;
        case errc::not_yet:
        case errc::not_closed:
        case errc::behind:
            return too_early;
        case errc::unsupported:
            return cannot_here;
        default:
            return failed;
    }
}

/// Whether the other end of standard output is closed. A write would tell, too; this asks without one.
bool nobody_reads_standard_output() {
    pollfd end{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return ::poll(&end, 1, 0) > 0 && (end.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

/// A program: what it is called, and where it says what is wrong.
struct speaker {
    std::string name;
    std::ostream& err;

    int say(std::string_view what, int status) const {
        err << name << ": " << one_line(what) << '\n';
        return status;
    }
};

int run_chosen(const action& chosen, const console& on, const speaker& program) {
    try {
        const auto status = chosen ? chosen(on) : success;
        on.flush();
        return status;
    } catch (const error& e) {
        return program.say(e.what(), status_of(e.kind()));
    } catch (const std::exception& e) {
        return program.say(e.what(), failed);
    }
}

constexpr const char* footer =
    "Before or after any command, --json asks for the answer in JSON, one object a line.\n"
    "Exit status: 0 done, 1 failed, 2 usage, 3 damaged, 4 not there, 5 in use, 6 input refused, 7 there already, 8 too "
    "early, 9 not here.";

void declare_all(command_list& all) {
    for (const auto declare :
         {declare_init,   declare_info,        declare_streams,   declare_events,   declare_tail,   declare_sql,
          declare_watch,  declare_projections, declare_processes, declare_rollback, declare_orders, declare_verify,
          declare_head,   declare_moment,      declare_reindex,   declare_clock,    declare_export, declare_import,
          declare_backup, declare_restore,     declare_fork})
        declare(all);
}

int run_line(command_list& all, const speaker& program, int argc, const char* const* argv, console on) {
    const auto read = all.read(argc, argv, on.out);
    if (!read.mistake.empty()) return program.say(read.mistake, usage);
    on.json = read.json;
    on.terminal = &on.err == &std::cerr && ::isatty(STDERR_FILENO) == 1;
    if (&on.out == &std::cout) on.reader_is_gone = nobody_reads_standard_output;
    return run_chosen(read.chosen, on, program);
}

}  // namespace

int run(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err) {
    command_list all("leftfold", "leftfold looks into event stores, checks them and moves them.", footer);
    declare_all(all);
    declare_parked(all, nullptr);
    return run_line(all, {"leftfold", err}, argc, argv, {.in = in, .out = out, .err = err});
}

int run(int argc, const char* const* argv, const domain& known, std::istream& in, std::ostream& out,
        std::ostream& err) {
    const auto name = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : std::string("leftfold");
    command_list all(name.c_str(), "Asks this program's event stores about the present and the past.", footer);
    declare_questions(all, known);
    if (!known.projections().empty()) {
        declare_row_questions(all, known);
        declare_replay(all, known);
        declare_verify_projection(all, known);
        declare_rebuild(all, known);
    }
    declare_all(all);
    declare_parked(all, &known);
    return run_line(all, {name, err}, argc, argv, {.in = in, .out = out, .err = err});
}

int main(int argc, const char* const* argv) {
    std::ios::sync_with_stdio(false);
    return run(argc, argv, std::cin, std::cout, std::cerr);
}

int main(int argc, const char* const* argv, const domain& known) {
    std::ios::sync_with_stdio(false);
    return run(argc, argv, known, std::cin, std::cout, std::cerr);
}

}  // namespace leftfold::inline v0::tools
