#include "reader_pool.hpp"

#include <utility>

#include "model_database.hpp"

namespace leftfold::inline v0::detail {

reader_pool::reader::reader(const model_place& place) : connection_(place.connect(sqlite::file_access::read_only)) {}

sqlite::statement& reader_pool::reader::prepared(const std::string& sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    if (statements_.size() == statements_max) statements_.clear();
    return statements_.emplace(sql, prepare(connection_, sql)).first->second;
}

std::unique_ptr<reader_pool::reader> reader_pool::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto taken = std::move(idle_.back());
            idle_.pop_back();
            return taken;
        }
    }
    return std::make_unique<reader>(place_);
}

void reader_pool::give_back(std::unique_ptr<reader> returned) noexcept {
    const std::lock_guard lock(mutex_);
    if (idle_.size() == kept) return;
    try {
        idle_.push_back(std::move(returned));
    } catch (...) {
        // No memory to keep it: it is closed.
    }
}

}  // namespace leftfold::inline v0::detail
