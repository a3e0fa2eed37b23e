#pragma once

#include <cstdint>
#include <string>

namespace leftfold::simulation {

/// What a run has found so far. The first complaint counts: what follows a broken rule follows from it.
class verdict {
public:
    void complain(std::string what) {
        ++complaints_;
        if (first_.empty()) first_ = std::move(what);
    }
    bool is_sound() const { return complaints_ == 0; }
    const std::string& complaint() const { return first_; }

private:
    std::int64_t complaints_ = 0;
    std::string first_;
};

}  // namespace leftfold::simulation
