#pragma once

#include <cstdint>
#include <deque>

#include "simulation/branch.hpp"
#include "simulation/clients.hpp"

namespace leftfold::simulation {

/// Forks the store now and then, before its process starts, at any cut of the past; and appends to the forks and reads
/// them beside the trunk, in the same process, which falls with all of them.
class forker {
public:
    explicit forker(client_world& world) : world_(world) {}

    /// Goes on with whatever comes next, now or later by itself.
    void begin();
    /// Nobody has the store open: makes a fork, or does not.
    void visit();
    /// The process goes.
    void end();
    /// Opens and compares each fork once more.
    void look_at_the_end();

    std::int64_t forks() const { return static_cast<std::int64_t>(branches_.size()); }

private:
    static constexpr std::size_t most = 3;

    void proceed();
    void open(branch& of);
    cut draw_cut();

    client_world& world_;
    std::deque<branch> branches_;
    int made_ = 0;
};

}  // namespace leftfold::simulation
