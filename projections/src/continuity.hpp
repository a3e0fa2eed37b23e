#pragma once

#include <optional>
#include <string>

#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// Says why rows that are there cannot be continued by a projection of this shape over this store; empty when they can.
std::string why_not_continued(const std::optional<stored_model>& stored, const std::string& shape, event_store& store);

}  // namespace leftfold::inline v0::detail
