#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"

namespace CLI {
class App;
}

namespace leftfold::inline v0::tools {

/// What a command does once the line has been read: it returns its exit status, and throws leftfold::error.
using action = std::function<int(const console&)>;

/// The words of one command. Each function declares one and where to put what it says, which must live as long as the
/// command's action: keep both in one shared object. `what` is for --help.
class command_words {
public:
    explicit command_words(CLI::App& of) : of_(&of) {}

    /// A word in its place; it must be there.
    command_words& place(const char* name, std::string& into, const char* what);
    /// The same; it may be left out, which leaves `into` as it is.
    command_words& optional_place(const char* name, std::string& into, const char* what);
    command_words& optional_place(const char* name, std::vector<std::string>& into, const char* what);

    /// `--name WORD`; a vector takes it as often as it is given.
    command_words& option(const char* name, std::string& into, const char* what);
    command_words& option(const char* name, std::vector<std::string>& into, const char* what);
    /// `--name N`, a whole number of at least `least`.
    command_words& number(const char* name, std::int64_t& into, std::int64_t least, const char* what);
    /// `--name` alone.
    command_words& flag(const char* name, bool& into, const char* what);
    /// `--name` alone, which must be there: for what is not to happen by a slip.
    command_words& confirmation(const char* name, const char* what);

private:
    CLI::App* of_;
};

/// The commands of a program, each with its words. The one place that knows the parser, which takes long to compile.
class command_list {
public:
    command_list(const char* program, const char* what, const char* footer);
    ~command_list();
    command_list(const command_list&) = delete;
    command_list& operator=(const command_list&) = delete;

    /// Adds a command, whose words are then declared on what this returns.
    command_words add(const char* name, const char* what, action run);

    /// What a line of words came to: an action; or a mistake, in one line; or neither, when it asked for help or
    /// version, which `out` has.
    struct reading {
        action chosen{};
        std::string mistake{};
        bool json = false;
    };
    reading read(int argc, const char* const* argv, std::ostream& out);

private:
    std::unique_ptr<CLI::App> root_;
    action chosen_;
    bool json_ = false;
};

}  // namespace leftfold::inline v0::tools
