#pragma once
// What the command line does with one projection, without its type.

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "leftfold/projections/projection_engine.hpp"

namespace leftfold::inline v0::tools::detail {

class projection_answers {
public:
    virtual ~projection_answers() = default;

    virtual std::string_view name() const = 0;
    /// Folds the whole store into a database, and tells how many events it is behind after each step. Returns the cut
    /// that it came to.
    virtual cut replay(event_store& store, const std::filesystem::path& into,
                       function_ref<void(std::int64_t behind)> progress) const = 0;
};

template <class Projection>
class replays_of final : public projection_answers {
public:
    explicit replays_of(event_registry events) : events_(std::move(events)) {}

    std::string_view name() const override { return Projection::projection_name; }

    cut replay(event_store& store, const std::filesystem::path& into,
               function_ref<void(std::int64_t)> progress) const override {
        projection_engine engine{store};
        engine.add<Projection>({.database = into, .events = events_});
        while (engine.step()) progress(static_cast<std::int64_t>(engine.status<Projection>().events_behind));
        engine.catch_up();
        return engine.status<Projection>().reached;
    }

private:
    event_registry events_;
};

}  // namespace leftfold::inline v0::tools::detail
