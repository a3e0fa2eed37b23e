#pragma once

#include <optional>
#include <string>

#include "git_history/events.hpp"
#include "leftfold/framework/aggregate.hpp"

namespace git_history {

/// One path of the repository through all its commits.
class tracked_path : public leftfold::aggregate<tracked_path, added, changed, type_changed, deleted> {
public:
    static constexpr auto category = "path";

    /// What is there now; nothing when the path is deleted, or not added yet.
    const std::optional<file_state>& file() const { return file_; }

    /// The path in quotes, when the stream's key is a hash of it.
    const std::optional<std::string>& quoted_path() const { return quoted_path_; }

private:
    friend aggregate;
    void apply(const added& e) {
        file_ = e.now;
        quoted_path_ = e.path;
    }
    void apply(const changed& e) { file_ = e.now; }
    void apply(const type_changed& e) { file_ = e.now; }
    void apply(const deleted&) { file_.reset(); }

    std::optional<file_state> file_;
    std::optional<std::string> quoted_path_;
    BOOST_DESCRIBE_CLASS(tracked_path, (), (), (), (file_, quoted_path_))
};

}  // namespace git_history
