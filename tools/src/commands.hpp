#pragma once

#include <functional>

#include "console.hpp"

namespace CLI {
class App;
}

namespace leftfold::inline v0::tools {

/// A command does its work when the line has been read: it returns its exit status, and throws leftfold::error.
using action = std::function<int(const console&)>;
/// Set by the command that the line names.
using chosen_action = action;

// Each declares one command: its words, and what it does.
void declare_init(CLI::App& root, chosen_action& chosen);
void declare_info(CLI::App& root, chosen_action& chosen);
void declare_streams(CLI::App& root, chosen_action& chosen);
void declare_events(CLI::App& root, chosen_action& chosen);
void declare_tail(CLI::App& root, chosen_action& chosen);
void declare_sql(CLI::App& root, chosen_action& chosen);
void declare_verify(CLI::App& root, chosen_action& chosen);
void declare_head(CLI::App& root, chosen_action& chosen);
void declare_reindex(CLI::App& root, chosen_action& chosen);
void declare_clock(CLI::App& root, chosen_action& chosen);
void declare_export(CLI::App& root, chosen_action& chosen);
void declare_import(CLI::App& root, chosen_action& chosen);
void declare_backup(CLI::App& root, chosen_action& chosen);
void declare_restore(CLI::App& root, chosen_action& chosen);

}  // namespace leftfold::inline v0::tools
