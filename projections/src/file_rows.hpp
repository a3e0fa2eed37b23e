#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "leftfold/projections/read_model.hpp"
#include "model_database.hpp"
#include "row_source.hpp"

namespace leftfold::inline v0::detail {

/// The rows of a model in a database that somebody else keeps. Each look asks which generation is live, and compares
/// the model's shape with what the program expects, in the transaction that reads the rows.
class file_rows final : public row_source {
public:
    file_rows(std::filesystem::path database, std::string projection, std::string shape, read_model_options options);

    void read(function_ref<void(reader_pool::reader&)> with) override;
    void await(recorded_at when) override;
    cut cut_of(recorded_at when) override;
    void await(const moment& then) override;
    recorded_at time_of(const cut& where) override;
    recorded_at since() override;

    const std::filesystem::path& database() const { return database_; }
    const std::string& projection() const { return projection_; }
    const environment& world() const { return world_; }
    read_model_status status();
    /// Waits until the committed rows hold every event of the cut that `wanted` makes of the checkpoint's history.
    freshness wait_until(function_ref<cut(const checkpoint&)> wanted, wait_options options, const std::string& doing);

private:
    template <class Work>
    void at_live(Work work);
    std::shared_ptr<reader_pool> readers_of(std::int64_t generation);
    stored_model look();
    stored_model check(reader_pool::reader& reader);
    template <class Enough>
    stored_model wait(Enough enough, std::chrono::milliseconds at_most);
    [[noreturn]] void fail_behind(const stored_model& now, const std::string& doing);

    std::filesystem::path database_;
    std::string projection_;
    std::string shape_;
    std::optional<event_store> store_;
    environment world_;
    std::chrono::milliseconds as_of_wait_;
    reader_pool pool_;  // of the database itself
    std::mutex mutex_;
    std::int64_t generation_ = first_generation;
    std::shared_ptr<reader_pool> generation_readers_;  // of the file of that one
};

}  // namespace leftfold::inline v0::detail
