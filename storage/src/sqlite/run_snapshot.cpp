#include "sqlite/run_snapshot.hpp"

#include <utility>

namespace leftfold::inline v0::sqlite {

std::unique_ptr<run_file> run_readers::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            auto file = std::move(free_.back());
            free_.pop_back();
            return file;
        }
    }
    return std::make_unique<run_file>(path_, options_);
}

void run_readers::give_back(std::unique_ptr<run_file> file) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kept_) free_.push_back(std::move(file));
}

bool tells_of_damage(const error& failure) {
    switch (failure.kind()) {
        case errc::corrupt:
        case errc::foreign_file:
        case errc::newer_format:
        case errc::not_found:
            return true;
        default:
            return false;
    }
}

run_search::~run_search() {
    if (!file_) return;
    try {
        file_->end_reading();
        in_.readers->give_back(std::move(file_));
    } catch (const error&) {
        file_.reset();  // one that cannot even end its reading is closed
    }
}

std::string_view run_search::block(run_row_id id) {
    try {
        if (!file_) {
            file_ = in_.readers->take();
            file_->begin_reading();
        }
        return file_->block(id);
    } catch (const error& failure) {
        file_.reset();
        if (tells_of_damage(failure)) throw index_outdated(failure.kind(), failure.what());
        throw;
    }
}

std::vector<run_entry> run_search::find(std::size_t run, run_part_kind part, const run_key& key, std::int64_t from,
                                        std::int64_t to) {
    const auto& in = *in_.runs[run];
    return find_in_part(in.part(part), key, from, to, [&](std::uint32_t number) {
        return block({in.row.run, part, number});
    });
}

std::optional<run_entry> run_search::find_last(std::size_t run, run_part_kind part, const run_key& key) {
    const auto& in = *in_.runs[run];
    return find_last_in_part(in.part(part), key, [&](std::uint32_t number) {
        return block({in.row.run, part, number});
    });
}

}  // namespace leftfold::inline v0::sqlite
