#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "as_of_functions.hpp"
#include "historic_table.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// A read-only connection to a database of read models, with the functions of as_of_functions.hpp, beside the engine
/// that keeps it. For one thread at a time.
class sql_session final : as_of_gate {
public:
    sql_session(model_place database, const sql_reader_options& options);
    ~sql_session() override;

    /// Calls `work` with the connection, in one read transaction: everything that it asks is of one cut. When a model
    /// has not come as far as a time that is asked for, waits for it and calls `work` again, as long as the options
    /// allow and `may_repeat` does. Throws what `work` throws, and the errors of the functions with their own codes.
    void read(function_ref<void(sqlite::connection&)> work, function_ref<bool()> may_repeat);

    /// Returns the tables with history that there are. Inside `work`.
    std::vector<historic_table> historic_tables() const;

private:
    struct opened;

    instant now() const override;
    void pass(const historic_table& table, recorded_at when) override;
    void pass(const historic_table& table, const moment& then) override;
    stored_model model_of(const historic_table& table, recorded_at when);
    void check_reached(const historic_table& table, const stored_model& model, recorded_at when);
    void check_complete(const historic_table& table, recorded_at when);
    void open_anew();
    void read_once(function_ref<void(sqlite::connection&)> work);

    model_place database_;
    std::optional<event_store> store_;
    environment world_;
    std::chrono::milliseconds as_of_wait_;
    parked_events parked_;
    std::unique_ptr<opened> open_;
};

}  // namespace leftfold::inline v0::detail
