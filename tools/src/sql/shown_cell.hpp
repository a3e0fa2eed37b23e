#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "sqlite/statement.hpp"

namespace leftfold::inline v0::tools {

/// Writes what a column of a row holds as JSON: bytes, and text that is not UTF-8, by how many there are.
boost::json::value as_json(const sqlite::statement& row, int column);

/// Writes it as people read it.
std::string as_text(const sqlite::statement& row, int column);

}  // namespace leftfold::inline v0::tools
