#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0 {

struct stream_id_hash {
    std::size_t operator()(const stream_id& stream) const noexcept {
        const auto category = std::hash<std::string>{}(stream.category());
        return std::hash<std::string>{}(stream.key()) ^ (category * 0x9e3779b97f4a7c15ull);
    }
};

}  // namespace leftfold::inline v0
