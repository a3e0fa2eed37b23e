#pragma once

#include <filesystem>
#include <string>

namespace leftfold::test_support {

/// Runs SQL on a database behind the back of whoever owns it, as somebody with a shell would. Does not checkpoint: that
/// beside the owner could lose pages.
void change_by_hand(const std::filesystem::path& database, const std::string& sql);

}  // namespace leftfold::test_support
