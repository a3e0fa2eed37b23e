#pragma once

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "git_history/events.hpp"
#include "git_history/tree_source.hpp"
#include "leftfold/projections/projection_engine.hpp"

namespace git_history {

/// A file that is there now. Its key is the stream's (path_key.hpp).
struct file_row {
    std::string key;
    std::optional<std::string> path;
    std::string mode;
    std::string blob;
};
BOOST_DESCRIBE_STRUCT(file_row, (), (key, path, mode, blob))

/// The files of the repository as a table with history: the whole tree of any past moment is one look-up.
class files : public leftfold::projection<files, added, changed, type_changed, deleted> {
public:
    static constexpr auto projection_name = "files";
    using ignored = leftfold::ignores<commit_imported>;

    leftfold::table<file_row, &file_row::key> rows{*this, "files", {.history = true}};

    void on(const added& e, const leftfold::recorded& at) { rows.insert({at.key(), e.path, e.now.mode, e.now.blob}); }
    void on(const changed& e, const leftfold::recorded& at) { replace(at.key(), e.now); }
    void on(const type_changed& e, const leftfold::recorded& at) { replace(at.key(), e.now); }
    void on(const deleted&, const leftfold::recorded& at) { rows.erase(at.key()); }

private:
    void replace(const std::string& key, const file_state& now) {
        auto& row = rows.at(key);
        row.mode = now.mode;
        row.blob = now.blob;
    }
};

/// Answers from the read model: its rows as they stood at the commit's cut.
class model_trees : public tree_source {
public:
    /// Brings the read model up to what the store holds; the first time that is a fold over the whole log.
    model_trees(leftfold::event_store& store, const std::filesystem::path& database);

    std::string_view name() const override { return "read model"; }
    std::vector<tree_entry> tree_of(const commit_imported& commit) override;

private:
    leftfold::event_store& store_;
    leftfold::projection_engine engine_;
    const files& read_;
};

}  // namespace git_history
