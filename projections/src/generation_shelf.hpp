#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "generations.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// The generations of one model, for the owner of its database: which is which, and their files. Each change is one row
/// of the database, synced before the function returns; files that no row names any more are removed after it.
///
/// Belongs to the thread of the database. Files that it opened may be used by another one.
class generation_shelf {
public:
    generation_shelf(std::shared_ptr<model_database> home, std::string projection)
        : home_(std::move(home)),
          projection_(std::move(projection)),
          now_(read_generations(home_->connection(), projection_)) {}

    const model_generations& now() const { return now_; }

    /// Opens the file of a generation, or makes it.
    std::shared_ptr<model_database> open(std::int64_t number) const;

    /// Names a generation that is to be built, with a number above `beyond` that was never used. What was kept, and
    /// what was being built, is dropped.
    void begin(std::int64_t beyond);
    /// Takes up one of them, that which was being built or the one that is kept, to be built on.
    void build_on(std::int64_t number);
    /// Makes the one that is being built the live one, and keeps the live one.
    void swap();
    /// Makes the one that is kept the live one, and keeps the live one.
    void roll_back();
    /// Drops what was being built.
    void drop_building();
    /// Drops all but the live one.
    void drop_others();
    /// Removes the files of generations that are none any more. They are only space: what cannot be removed now is
    /// tried again the next time.
    void remove_strays() const noexcept;

private:
    void change(const model_generations& to);
    void remove_files() const;

    std::shared_ptr<model_database> home_;
    std::string projection_;
    model_generations now_;
};

}  // namespace leftfold::inline v0::detail
