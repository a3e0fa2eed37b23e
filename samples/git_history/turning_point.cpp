#include "git_history/turning_point.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "git_history/change_events.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/path_key.hpp"
#include "git_history/quoting.hpp"
#include "git_history/tracked_path.hpp"
#include "git_history/whole_stream.hpp"
#include "leftfold/framework/repository.hpp"

namespace git_history {

namespace {

constexpr std::size_t blob_prefix_min = 4;

class search {
public:
    search(leftfold::event_store& store, std::string_view path, std::string_view blob)
        : store_(store), commits_(store), paths_(store), key_(name_path(unquote_path(path)).key), blob_(blob) {}

    std::optional<turning_point> bisect() {
        std::uint64_t without = 0;  // before the first commit no path has anything
        std::uint64_t with = commits_.size();
        if (with == 0 || !has_it_at(with)) return std::nullopt;
        while (with - without > 1) {
            const auto middle = without + (with - without) / 2;
            (has_it_at(middle) ? with : without) = middle;
        }
        return turning_point{commits_.nth(with), search_method::bisect, looks_};
    }

    std::optional<turning_point> first_where() {
        std::vector<std::string> having_it;
        visit_whole_stream(store_, {std::string(tracked_path::category), key_}, [&](const leftfold::event_view& event) {
            ++looks_;
            const auto now = state_after(event);
            const auto commit = event.metadata.find(header::commit);
            if (commit && now && now->blob.starts_with(blob_)) having_it.emplace_back(*commit);
            return true;
        });
        // Changes of a commit that was not imported whole are no part of the history.
        for (const auto& sha : having_it)
            if (auto commit = commits_.find(sha)) return turning_point{*commit, search_method::first_where, looks_};
        return std::nullopt;
    }

private:
    bool has_it_at(std::uint64_t place) {
        ++looks_;
        const auto path = paths_.at(key_, leftfold::parse_cut(commits_.nth(place).cut));
        return path && path->file() && path->file()->blob.starts_with(blob_);
    }

    leftfold::event_store& store_;
    commit_log commits_;
    leftfold::repository<tracked_path> paths_;
    std::string key_;
    std::string blob_;
    std::size_t looks_ = 0;
};

}  // namespace

std::optional<turning_point> find_turning_point(leftfold::event_store& store, std::string_view path,
                                                std::string_view blob, search_method wanted) {
    if (blob.size() < blob_prefix_min) throw std::invalid_argument("a blob id has at least four digits");
    search asked(store, path, blob);
    if (wanted == search_method::bisect)
        if (auto found = asked.bisect()) return found;
    return asked.first_where();
}

}  // namespace git_history
