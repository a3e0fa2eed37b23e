#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "leftfold/storage/observer.hpp"
#include "sqlite/run_index.hpp"
#include "support/growing_log.hpp"
#include "support/manual_executors.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold::test_support {

/// Remembers what an operator would have been told.
struct remembering_observer final : observer {
    std::vector<std::string> warnings;
    void on_warning(std::string_view text) override { warnings.emplace_back(text); }
};

/// A growing log of one partition, the plain index as oracle, and a directory for the index under test. Its tasks run
/// when the test says so; runs are as small as they can be, 256 events, so that a short test merges often.
struct index_fixture : ::testing::Test {
    static constexpr partition_id first{0};
    static constexpr std::size_t streams = 120;

    temporary_directory directory{temporary_directory::where::in_memory};
    growing_log source;
    std::unique_ptr<stream_index> oracle = source.make_index();
    std::shared_ptr<manual_executors> executors = std::make_shared<manual_executors>();
    std::shared_ptr<remembering_observer> told = std::make_shared<remembering_observer>();
    std::uint64_t seed = 1;

    sqlite::run_index_options options() {
        sqlite::run_index_options made;
        made.world.executors = executors;
        made.world.observer = told;
        made.limits.recent_events = 256;
        made.limits.recent_events_max = 1'024;
        made.limits.unwritten_at_close = 100;
        return made;
    }
    std::unique_ptr<sqlite::run_index> open(const sqlite::run_index_options& how) {
        return std::make_unique<sqlite::run_index>(source.log(), 1, directory.path(), how);
    }
    std::unique_ptr<sqlite::run_index> open() { return open(options()); }
    std::filesystem::path file() const { return directory / sqlite::run_index_file(first); }

    /// Appends random events and returns what an index is to be told.
    std::span<const event_view> grow(std::size_t events) { return source.grow(random_keys(events, streams, ++seed)); }

    /// Asks the index about streams in many ways, and about many ids; every answer must be the oracle's. Asks about
    /// each stream, or only about the first so many.
    void expect_agreement(stream_index& index, std::size_t asked = streams + 3);
};

}  // namespace leftfold::test_support
