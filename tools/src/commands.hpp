#pragma once

#include "words.hpp"

namespace leftfold::inline v0::tools {

// Each declares one command: its words, and what it does.
void declare_init(command_list& all);
void declare_info(command_list& all);
void declare_streams(command_list& all);
void declare_events(command_list& all);
void declare_tail(command_list& all);
void declare_sql(command_list& all);
void declare_watch(command_list& all);
void declare_projections(command_list& all);
void declare_processes(command_list& all);
void declare_rollback(command_list& all);
void declare_orders(command_list& all);
void declare_verify(command_list& all);
void declare_head(command_list& all);
void declare_moment(command_list& all);
void declare_reindex(command_list& all);
void declare_clock(command_list& all);
void declare_export(command_list& all);
void declare_import(command_list& all);
void declare_backup(command_list& all);
void declare_restore(command_list& all);
void declare_fork(command_list& all);

}  // namespace leftfold::inline v0::tools
