#pragma once

#include <iosfwd>

namespace leftfold::inline v0::tools {

/// How the command line ends. Scripts may rely on these numbers (docs/command_line.md).
enum exit_status : int {
    success = 0,
    failed = 1,         ///< anything that has no number of its own; standard error says what
    usage = 2,          ///< the words on the command line
    damaged = 3,        ///< stored bytes are not what was written
    not_there = 4,      ///< no such store, stream or file
    in_use = 5,         ///< another process owns the store
    refused_input = 6,  ///< a line of the input is not what it must be
    already_there = 7,  ///< something of that name is there already, and is left as it is
    too_early = 8,      ///< the time or place asked for has not come, or is not reached yet: ask again later
    cannot_here = 9,  ///< whoever was asked cannot do it, and another program or engine can; standard error says which
};

class domain;

/// Runs the command line on the words of `main`, and returns its exit status. Reads and writes only the streams given.
/// Whatever goes wrong is one line on `err`. Progress bars go there too, when it is standard error on a terminal.
int run(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err);
/// The same for a program that knows its own types (domain.hpp): it has their verbs too, and is called as `argv[0]` is.
int run(int argc, const char* const* argv, const domain& known, std::istream& in, std::ostream& out, std::ostream& err);

/// The same on the standard streams: all that a program's `main` needs.
int main(int argc, const char* const* argv);
int main(int argc, const char* const* argv, const domain& known);

}  // namespace leftfold::inline v0::tools
