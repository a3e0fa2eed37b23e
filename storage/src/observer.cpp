#include "leftfold/storage/observer.hpp"

#include <cstdio>

namespace leftfold::inline v0 {

namespace {

// A line goes out in one call, so that lines of several threads do not mix.
class stderr_observer final : public observer {
public:
    explicit stderr_observer(observe what) : what_(what) {}

    void on_group_commit(const group_commit& done) override {
        if (what_ != observe::everything) return;
        std::fprintf(stderr, "leftfold: partition %u: %zu appends, %zu events, %zu bytes committed in %lld us\n",
                     done.partition.value(), done.appends, done.events, done.bytes,
                     static_cast<long long>(done.took.count()));
    }

    void on_conflict(const lost_race& lost) override {
        std::fprintf(stderr, "leftfold: conflict on %s: expected version %lld, found %lld\n",
                     to_string(lost.stream).c_str(), static_cast<long long>(lost.expected.value()),
                     static_cast<long long>(lost.actual.value()));
    }

    void on_warning(std::string_view text) override {
        std::fprintf(stderr, "leftfold: warning: %.*s\n", static_cast<int>(text.size()), text.data());
    }

private:
    observe what_;
};

}  // namespace

std::shared_ptr<observer> make_stderr_observer(observe what) { return std::make_shared<stderr_observer>(what); }

}  // namespace leftfold::inline v0
