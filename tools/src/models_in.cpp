#include "models_in.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "generations.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

sqlite::connection open_models(const std::filesystem::path& file) {
    sqlite::connection connection(leftfold::detail::existing_file(file), {.mode = sqlite::file_access::read_only});
    leftfold::detail::check_read_models(connection);
    return connection;
}

std::vector<std::string> projections_in(sqlite::connection& models, const std::string& named) {
    auto found = leftfold::detail::read_model_names(models);
    if (named.empty()) return found;
    if (std::find(found.begin(), found.end(), named) == found.end())
        throw error(errc::not_found,
                    fmt::format("looking for projection {} in {}: it is not there", named, models.file().string()));
    return {named};
}

}  // namespace leftfold::inline v0::tools
