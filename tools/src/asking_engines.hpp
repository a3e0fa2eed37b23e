#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "leftfold/storage/control.hpp"

namespace leftfold::inline v0::tools {

/// Asks the engine over a read-model database (kept_orders.hpp); nothing when nobody owns it. Throws what it answers.
std::optional<boost::json::object> answer_of_engine(const std::filesystem::path& database,
                                                    const control_request& request);

/// Whose order it is when the command line does not say: the name of the user who runs it.
std::string name_of_user();

/// What an engine says of a projection, for people: `live, 1200 events/s, paused by olga since …`.
std::string state_line(const boost::json::object& status);

}  // namespace leftfold::inline v0::tools
