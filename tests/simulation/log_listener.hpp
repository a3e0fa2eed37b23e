#pragma once

#include <span>

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::simulation {

/// Hears of every group that a store gives to its engine, and what becomes of it.
class log_listener {
public:
    virtual ~log_listener() = default;

    virtual void offered(partition_id partition, std::span<const event_view> group) = 0;
    virtual void committed(partition_id partition) = 0;
    virtual void dropped(partition_id partition) = 0;
};

}  // namespace leftfold::simulation
