#include "served_rows.hpp"

#include <utility>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

void served_rows::are_in(const std::filesystem::path& file) {
    auto made = std::make_shared<reader_pool>(file);
    const std::lock_guard lock(mutex_);
    readers_ = std::move(made);
}

void served_rows::are_nowhere(std::string why) {
    const std::lock_guard lock(mutex_);
    readers_.reset();
    why_not_ = std::move(why);
}

std::shared_ptr<reader_pool> served_rows::readers() const {
    const std::lock_guard lock(mutex_);
    if (!readers_) throw error(errc::stale_model, why_not_);
    return readers_;
}

}  // namespace leftfold::inline v0::detail
