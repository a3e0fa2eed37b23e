#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "model_place.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// Read-only connections to one database, lent to whoever asks. As many as are in use at once; a few are kept for the
/// next. Safe from any thread.
class reader_pool {
public:
    explicit reader_pool(model_place place) : place_(std::move(place)) {}

    /// A connection with the statements that were prepared on it.
    class reader {
    public:
        explicit reader(const model_place& place);
        sqlite::statement& prepared(const std::string& sql);
        sqlite::connection& connection() { return connection_; }

    private:
        sqlite::connection connection_;
        std::unordered_map<std::string, sqlite::statement> statements_;
    };

    /// A reader that goes back to its pool.
    class lease {
    public:
        explicit lease(reader_pool& from) : pool_(from), reader_(from.take()) {}
        ~lease() { pool_.give_back(std::move(reader_)); }
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        reader& operator*() const { return *reader_; }
        reader* operator->() const { return reader_.get(); }

    private:
        reader_pool& pool_;
        std::unique_ptr<reader> reader_;
    };

private:
    static constexpr std::size_t kept = 16;
    /// Queries come from code, so there are few; a caller who writes numbers into their text would fill memory.
    static constexpr std::size_t statements_max = 256;

    std::unique_ptr<reader> take();
    void give_back(std::unique_ptr<reader> returned) noexcept;

    model_place place_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<reader>> idle_;
};

}  // namespace leftfold::inline v0::detail
