#include "model_place.hpp"

#include <fmt/format.h>

#include <atomic>

namespace leftfold::inline v0::detail {

model_place model_place::in_memory() {
    static std::atomic<std::uint64_t> made{0};
    // SQLite's own VFS for databases in memory shares those whose name begins with a slash between connections.
    model_place place(std::filesystem::path(fmt::format("/leftfold-memory-{}", ++made)), "memdb");
    place.in_memory_ = true;
    return place;
}

}  // namespace leftfold::inline v0::detail
