#include "samples/random_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

class history_maker {
public:
    history_maker(scripted_repository& repository, std::uint64_t seed) : repository_(repository), random_(seed) {}

    void make(std::size_t commits) {
        auto tip = commit({});
        for (std::size_t i = 1; i < commits; ++i) {
            if (!chance(8)) {
                tip = commit({tip});
                continue;
            }
            auto trunk = tree_;
            const auto side = commit({tip});
            tree_ = std::move(trunk);
            tip = commit({tip, side});
        }
        repository_.write();
    }

private:
    using tree = std::map<std::string, std::string>;  // path → mode

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool chance(std::size_t one_in) { return below(one_in) == 0; }

    scripted_repository::mark commit(const std::vector<scripted_repository::mark>& parents) {
        std::vector<file_edit> edits;
        for (auto left = below(8); left > 0; --left) edits.push_back(edit());
        date_ += chance(9) ? -86'400 : static_cast<std::int64_t>(below(40'000));
        return repository_.commit(edits, date_, parents);
    }

    file_edit edit() {
        if (!tree_.empty() && chance(4)) {
            const auto victim = std::next(tree_.begin(), static_cast<std::ptrdiff_t>(below(tree_.size())));
            auto path = victim->first;
            tree_.erase(victim);
            return gone(path);
        }
        static const std::vector<std::string> modes{"100644", "100644", "100644", "100755", "120000", "160000"};
        // Files and folders never share a name here: the digits tell them apart.
        static const std::vector<std::string> folders{"", "src/", "a b/", "\xe4\xb8\xad/", "latin1-\xe9/deep/"};
        auto path = fmt::format("{}{}{}", folders[below(folders.size())], chance(5) ? "odd\t\"" : "file", below(40));
        auto mode = modes[below(modes.size())];
        tree_[path] = mode;
        auto data = mode == "160000" ? std::string(40, "abcdef"[below(6)]) : fmt::format("{}", random_());
        return {std::move(path), std::move(mode), std::move(data)};
    }

    scripted_repository& repository_;
    std::mt19937_64 random_;
    tree tree_;
    std::int64_t date_ = 1'700'000'000;
};

}  // namespace

void script_random_history(scripted_repository& repository, std::size_t commits, std::uint64_t seed) {
    history_maker(repository, seed).make(commits);
}

std::uint64_t seed_of_this_run() {
    const auto* given = std::getenv("LEFTFOLD_SEED");
    return given ? std::strtoull(given, nullptr, 10) : 20'260'315;
}
