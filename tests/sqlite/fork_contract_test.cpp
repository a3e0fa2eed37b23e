// A fork keeps every promise that a store keeps, whatever its trunk does in the meantime.

#include <filesystem>

#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/gtest.hpp"
#include "support/temporary_directory.hpp"

namespace fork_contract_test {

using namespace leftfold;
namespace fs = std::filesystem;

// A fork of depth `depth` of an empty trunk, which has gone on since with streams and ids of its own.
class fork_engine final : public leftfold::testing::engine {
public:
    explicit fork_engine(int depth) : depth_(depth) {}

    store_parts make(std::uint32_t partitions) override {
        auto trunk = open_sqlite(place_ / "trunk.store", {.partitions = partitions});
        auto last = fork(trunk, cut{}, path(1));
        for (int depth = 2; depth <= depth_; ++depth) {
            auto next = fork(last, cut{}, path(depth));
            go_on(last);
            last = std::move(next);
        }
        go_on(trunk);
        last = std::move(trunk);
        fs::remove(path(depth_) / "live");  // nothing is published yet, as in any new store
        return reopen();
    }
    bool keeps() const override { return true; }
    store_parts reopen() override { return make_sqlite_parts(path(depth_), {.mode = open_mode::open_existing}); }

private:
    static void go_on(event_store& store) {
        for (int i = 0; i != 40; ++i)
            store
                .append({"account", std::string(1, static_cast<char>('a' + i % 26))}, expected_version::any(),
                        {event_data("trunk.went_on", "{}")})
                .value();
    }
    fs::path path(int depth) const { return place_ / ("fork_" + std::to_string(depth) + ".store"); }

    test_support::temporary_directory place_{test_support::temporary_directory::where::in_memory};
    int depth_;
};

const leftfold::testing::engine_maker fork_of_forks = [] { return std::make_unique<fork_engine>(3); };

const bool of_a_trunk =
    leftfold::testing::register_contracts("sqlite_fork", [] { return std::make_unique<fork_engine>(1); });
const bool log_of_forks =
    leftfold::testing::register_contract("sqlite_fork_of_forks", leftfold::testing::log_contract(), fork_of_forks);
const bool index_of_forks =
    leftfold::testing::register_contract("sqlite_fork_of_forks", leftfold::testing::index_contract(), fork_of_forks);

}  // namespace fork_contract_test
