#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "leftfold/storage/control.hpp"

namespace leftfold::inline v0::tools {

/// What an order is for: a projection, by the database that has its rows; a reactor, by its file; or a process, by the
/// directory of its store.
struct consumer_place {
    std::filesystem::path path{};
    std::string name{};

    bool is_process() const { return std::filesystem::is_directory(path); }
};

/// Asks the engine that runs it (kept_orders.hpp); nothing when nobody owns the place. Throws what it answers.
std::optional<boost::json::object> answer_of_engine(const consumer_place& of, const control_request& request);

/// What the engine there says of all that it runs there, by name; empty when none runs, or its owner does not listen,
/// which keeps nobody from reading.
boost::json::object status_of_engine(const consumer_place& of);

/// Whose order it is when the command line does not say: the name of the user who runs it.
std::string name_of_user();

/// What an engine says of a projection, for people: `live, 1200 events/s, paused by olga since …`.
std::string state_line(const boost::json::object& status);

}  // namespace leftfold::inline v0::tools
