#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <vector>

#include "leftfold/storage/moment.hpp"

namespace leftfold::inline v0 {

/// The moments that were made of a store or compared with it lately. What was right once stays right while the store is
/// open: nobody changes its past. Safe from any thread.
class known_moments {
public:
    static constexpr std::size_t kept_max = 16;

    bool knows(const moment& asked) const {
        const std::lock_guard lock(mutex_);
        return std::find(kept_.begin(), kept_.end(), asked) != kept_.end();
    }

    /// Forgets the oldest one when there are too many.
    void remember(const moment& right) {
        const std::lock_guard lock(mutex_);
        if (std::find(kept_.begin(), kept_.end(), right) != kept_.end()) return;
        if (kept_.size() == kept_max) kept_.erase(kept_.begin());
        kept_.push_back(right);
    }

private:
    mutable std::mutex mutex_;
    std::vector<moment> kept_;
};

}  // namespace leftfold::inline v0
