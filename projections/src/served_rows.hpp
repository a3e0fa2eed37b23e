#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "reader_pool.hpp"

namespace leftfold::inline v0::detail {

/// Where the rows of a model are that its engine's handles may read. The model says so, any thread asks.
class served_rows {
public:
    void are_in(const std::filesystem::path& file);
    /// There are none of this program's shape, and why.
    void are_nowhere(std::string why);

    /// Returns readers of the file that has them now. Throws errc::stale_model when there are none.
    std::shared_ptr<reader_pool> readers() const;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<reader_pool> readers_;
    std::string why_not_;
};

}  // namespace leftfold::inline v0::detail
