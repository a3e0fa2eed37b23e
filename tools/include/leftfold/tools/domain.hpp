#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "leftfold/framework/repository_options.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/tools/detail/aggregate_answers.hpp"
#include "leftfold/tools/detail/projection_answers.hpp"

namespace leftfold::inline v0::tools {

/// What an application tells its command line of its own types, so that questions about the past are answered in them:
///
///     int main(int argc, char** argv) {
///         leftfold::tools::domain bank;
///         bank.aggregate<account>().projection<balances>();
///         return leftfold::tools::main(argc, argv, bank);
///     }
///
/// gives the program every command of `leftfold`, and besides them
///
///     bank as-of bank.store account alice 2026-03-15
///     bank history | diff | blame | first-where | bisect | step … account alice …
///     bank replay bank.store balances scratch.db
///     bank verify-projection | heal-row | rebuild bank.store balances bank.views.db …
///
/// beside the running application or after it. An aggregate must be described (BOOST_DESCRIBE_CLASS), members and all:
/// what is described is what the answers show.
class domain {
public:
    /// Adds an aggregate, known by its category. `options.events` has what its repository has: renamed and upcast
    /// events.
    template <class Aggregate>
    domain& aggregate(repository_options options = {}) {
        aggregates_.push_back(std::make_unique<detail::answers_of<Aggregate>>(std::move(options)));
        return *this;
    }

    /// Adds a projection, known by its name, with the events that its engine gives it.
    template <class Projection>
    domain& projection(event_registry events = {}) {
        projections_.push_back(std::make_unique<detail::replays_of<Projection>>(std::move(events)));
        return *this;
    }

    const std::vector<std::unique_ptr<detail::aggregate_answers>>& aggregates() const { return aggregates_; }
    const std::vector<std::unique_ptr<detail::projection_answers>>& projections() const { return projections_; }

private:
    std::vector<std::unique_ptr<detail::aggregate_answers>> aggregates_;
    std::vector<std::unique_ptr<detail::projection_answers>> projections_;
};

}  // namespace leftfold::inline v0::tools
