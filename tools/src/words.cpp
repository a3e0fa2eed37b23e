#include "words.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <system_error>

#include "leftfold/storage/version.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// An empty word is most often a variable of a script that was not set, and no way to ask for the default.
std::string refuse_empty(const std::string& word) { return word.empty() ? "an empty word" : ""; }

}  // namespace

command_words& command_words::place(const char* name, std::string& into, const char* what) {
    of_->add_option(name, into, what)->required()->check(refuse_empty);
    return *this;
}

command_words& command_words::optional_place(const char* name, std::string& into, const char* what) {
    of_->add_option(name, into, what)->check(refuse_empty);
    return *this;
}

command_words& command_words::optional_place(const char* name, std::vector<std::string>& into, const char* what) {
    of_->add_option(name, into, what)->check(refuse_empty);
    return *this;
}

command_words& command_words::option(const char* name, std::string& into, const char* what) {
    of_->add_option(name, into, what)->check(refuse_empty);
    return *this;
}

command_words& command_words::option(const char* name, std::vector<std::string>& into, const char* what) {
    of_->add_option(name, into, what)->allow_extra_args(false)->check(refuse_empty);
    return *this;
}

command_words& command_words::number(const char* name, std::int64_t& into, std::int64_t least, const char* what) {
    of_->add_option(name, into, what)->check([least](const std::string& word) {
        std::int64_t read{};
        const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), read);
        const bool fits = failure == std::errc() && end == word.data() + word.size() && read >= least;
        return fits ? "" : fmt::format("{} is not a whole number from {} on", word, least);
    });
    return *this;
}

command_words& command_words::flag(const char* name, bool& into, const char* what) {
    of_->add_flag(name, into, what);
    return *this;
}

command_words& command_words::confirmation(const char* name, const char* what) {
    const std::string description(what);  // the parser takes another kind of argument for something to set
    of_->add_flag(name, description)->required();
    return *this;
}

command_list::command_list(const char* program, const char* what, const char* footer)
    : root_(std::make_unique<CLI::App>(what, program)) {
    root_->require_subcommand(1);
    root_->set_version_flag("--version", LEFTFOLD_VERSION_STRING);
    root_->footer(footer);
    root_->add_flag("--json", json_, "Answer in JSON, one object a line");
}

command_list::~command_list() = default;

command_words command_list::add(const char* name, const char* what, action run) {
    auto* command = root_->add_subcommand(name, what);
    command->fallthrough();
    command->callback([this, run = std::move(run)] { chosen_ = run; });
    return command_words(*command);
}

command_list::reading command_list::read(int argc, const char* const* argv, std::ostream& out) {
    try {
        root_->parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
            root_->exit(e, out, out);
            return {};
        }
        const auto named = root_->get_subcommands();
        const auto unread = root_->remaining();
        const auto wrong = named.empty() && !unread.empty() ? fmt::format("There is no command \"{}\"", unread.front())
                                                            : std::string(e.what());
        const auto about = named.empty() ? std::string() : named.front()->get_name() + " ";
        return {.mistake = fmt::format("{} ({} {}--help has the words)", wrong, root_->get_name(), about)};
    }
    return {.chosen = chosen_, .json = json_};
}

}  // namespace leftfold::inline v0::tools
