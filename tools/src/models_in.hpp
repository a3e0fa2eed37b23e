#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model_database.hpp"

namespace leftfold::inline v0::tools {

/// Opens a database of read models for reading, whoever owns it. Throws errc::not_found, foreign_file, newer_format.
sqlite::connection open_models(const std::filesystem::path& file);

/// Returns the names of the projections in it, in order; or that one, when it is named. Throws errc::not_found.
std::vector<std::string> projections_in(sqlite::connection& models, const std::string& named = {});

}  // namespace leftfold::inline v0::tools
