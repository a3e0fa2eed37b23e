#pragma once
// What the command line does with one projection, without its type.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/verify_projection.hpp"

namespace leftfold::inline v0::tools::detail {

/// A projection's rows in a database, opened to be read.
class opened_rows {
public:
    virtual ~opened_rows() = default;
    virtual const projection_base& tables() const = 0;
};

template <class Projection>
class rows_of final : public opened_rows {
public:
    explicit rows_of(read_model<Projection> opened) : opened_(std::move(opened)) {}
    const projection_base& tables() const override { return *opened_; }

private:
    read_model<Projection> opened_;
};

/// What to do about a parked stream.
enum class parked_verb { retry, discard };

class projection_answers {
public:
    virtual ~projection_answers() = default;

    virtual std::string_view name() const = 0;
    /// Folds the whole store into a database, and tells how many events it is behind after each step. Returns the cut
    /// that it came to.
    virtual cut replay(event_store& store, const std::filesystem::path& into,
                       function_ref<void(std::int64_t behind)> progress) const = 0;
    /// Opens its rows beside whoever keeps them.
    virtual std::unique_ptr<opened_rows> read(event_store& store, const std::filesystem::path& database) const = 0;
    /// Compares the rows in a database with what the events make of them (verify_projection.hpp).
    virtual projection_report verify(event_store& store, const std::filesystem::path& database,
                                     verify_projection_options options) const = 0;
    /// Puts the rows of one key right.
    virtual projection_report heal_row(event_store& store, const std::filesystem::path& database,
                                       const std::string& table, const std::string& key,
                                       verify_projection_options options) const = 0;
    /// Folds it anew beside its rows, tells how far it is, and swaps the new ones in. When the rows are of another
    /// shape, that is what adding the projection does already, and nothing is compared.
    virtual rebuild_report rebuild(event_store& store, const std::filesystem::path& database, rebuild_options options,
                                   function_ref<void(const rebuild_progress&)> progress) const = 0;
    /// Folds a parked stream again, as the owner of the database, whose rows must be those of this projection as it is
    /// (errc::stale_model). Returns whether it has rejoined.
    virtual bool rejoin(event_store& store, const std::filesystem::path& database, const stream_id& stream,
                        parked_verb what) const = 0;
};

template <class Projection>
class replays_of final : public projection_answers {
public:
    explicit replays_of(event_registry events) : events_(std::move(events)) {}

    std::string_view name() const override { return Projection::projection_name; }

    cut replay(event_store& store, const std::filesystem::path& into,
               function_ref<void(std::int64_t)> progress) const override {
        projection_engine engine{store};
        engine.add<Projection>({.database = into, .events = events_});
        while (engine.step()) progress(static_cast<std::int64_t>(engine.status<Projection>().events_behind));
        engine.catch_up();
        return engine.status<Projection>().reached;
    }

    std::unique_ptr<opened_rows> read(event_store& store, const std::filesystem::path& database) const override {
        return std::make_unique<rows_of<Projection>>(
            open_read_model<Projection>(database, {.store = &store, .events = events_}));
    }

    projection_report verify(event_store& store, const std::filesystem::path& database,
                             verify_projection_options options) const override {
        options.events = events_;
        return verify_projection<Projection>(store, database, options);
    }
    projection_report heal_row(event_store& store, const std::filesystem::path& database, const std::string& table,
                               const std::string& key, verify_projection_options options) const override {
        options.events = events_;
        return leftfold::heal_row<Projection>(store, database, table, key, std::move(options));
    }

    rebuild_report rebuild(event_store& store, const std::filesystem::path& database, rebuild_options options,
                           function_ref<void(const rebuild_progress&)> progress) const override {
        projection_engine engine{store};
        engine.add<Projection>({.database = database, .events = events_});
        const bool was_other_shape = engine.status<Projection>().rebuilding.has_value();
        while (engine.step())
            if (const auto now = engine.status<Projection>().rebuilding) progress(*now);
        engine.catch_up();
        if (!was_other_shape) return engine.rebuild<Projection>(options);
        const auto now = engine.status<Projection>();
        rebuild_report done{.swapped = true, .generation = now.generation, .compared = {}};
        done.compared.projection = now.name;
        done.compared.at = now.reached;
        return done;
    }

    bool rejoin(event_store& store, const std::filesystem::path& database, const stream_id& stream,
                parked_verb what) const override {
        // An engine would fold other rows anew, from the first event: that is not for a tool to decide.
        open_read_model<Projection>(database, {.store = &store, .events = events_}).status();
        projection_engine engine{store};
        engine.add<Projection>({.database = database, .events = events_});
        return what == parked_verb::discard ? engine.discard_parked<Projection>(stream)
                                            : engine.retry_parked<Projection>(stream);
    }

private:
    event_registry events_;
};

}  // namespace leftfold::inline v0::tools::detail
