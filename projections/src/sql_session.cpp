#include "sql_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "attached_models.hpp"
#include "deadline.hpp"
#include "leftfold/storage/error.hpp"
#include "row_source.hpp"
#include "sqlite/doorbell.hpp"
#include "sqlite/network_file_system.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

struct sql_session::opened {
    opened(const model_place& place, as_of_gate& gate) : connection(place.connect(sqlite::file_access::read_only)) {
        check_read_models(connection);
        models.emplace(connection);
        functions.emplace(connection, models->historic_tables(), gate);
    }
    ~opened() { connection.close(); }  // before the functions go, which its tables refer to
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;

    sqlite::connection connection;
    std::optional<attached_models> models;
    std::optional<as_of_functions> functions;
};

sql_session::sql_session(model_place database, const sql_reader_options& options)
    : database_(std::move(database)),
      world_(complete(options.store != nullptr ? options.store->world() : environment{})),
      as_of_wait_(options.as_of_wait),
      parked_(options.parked) {
    if (!database_.is_in_memory()) sqlite::refuse_network_file_system(existing_file(database_.file()));
    if (options.store != nullptr) store_.emplace(options.store->core());
    open_anew();
}

sql_session::~sql_session() = default;

void sql_session::open_anew() { open_ = std::make_unique<opened>(database_, static_cast<as_of_gate&>(*this)); }

std::vector<historic_table> sql_session::historic_tables() const { return open_->models->historic_tables(); }

instant sql_session::now() const { return instant{std::chrono::microseconds{world_.clock->wall_us()}}; }

namespace {

std::string asking(const historic_table& table, recorded_at when) {
    return fmt::format("asking table {} for its rows as of {}", table.name, to_rfc3339(when.time()));
}

constexpr const char* select_parked =
    "SELECT stream, since FROM leftfold_parked WHERE projection = ?1 AND since <= ?2 ORDER BY since LIMIT 1";

[[noreturn]] void fail_behind(const historic_table& table, const stored_model& model, recorded_at when,
                              const std::optional<cut>& wanted) {
    const auto lag = wanted ? fmt::format(", and the time wants {}", to_string(*wanted)) : std::string();
    throw error(errc::behind,
                fmt::format("{}: projection {} is at {}, through {}{}", asking(table, when), table.projection,
                            to_string(model.at.consumed), to_rfc3339(model.through.time()), lag));
}

}  // namespace

/// Returns where the table's model stands. Refuses a time before its history.
stored_model sql_session::model_of(const historic_table& table, recorded_at when) {
    if (when < table.history_from)
        throw error(errc::before_history, fmt::format("{}: its history begins at {}", asking(table, when),
                                                      to_rfc3339(table.history_from.time())));
    sqlite::statement select(open_->connection, in_schema(select_model, table.schema));
    auto model = read_model_row(select, table.projection);
    if (!model) throw error(errc::not_found, fmt::format("{}: {} is gone", asking(table, when), table.projection));
    if (store_ && (model->at.store != store_->id() || model->at.epoch != store_->epoch()))
        throw error(errc::stale_model,
                    asking(table, when) + ": it was made from another store, or before that was restored");
    return std::move(*model);
}

void sql_session::pass(const historic_table& table, recorded_at when) {
    check_reached(table, model_of(table, when), when);
    check_complete(table, when);
}

void sql_session::pass(const historic_table& table, const moment& then) {
    const auto model = model_of(table, then.time());
    check_same_store(then, model.at, asking(table, then.time()));
    if (store_) store_->check(then);
    if (!model.at.consumed.covers(then.cut())) fail_behind(table, model, then.time(), then.cut());
    check_complete(table, then.time());
}

void sql_session::check_reached(const historic_table& table, const stored_model& model, recorded_at when) {
    if (model.through >= when) return;
    if (!store_ && when.time() > now())
        throw error(errc::not_yet, fmt::format("{}, which is after now, {}", asking(table, when), to_rfc3339(now())));
    std::optional<cut> wanted;
    if (store_) wanted = store_->cut_at(when);
    if (wanted && model.at.consumed.covers(*wanted)) return;
    fail_behind(table, model, when, wanted);
}

void sql_session::check_complete(const historic_table& table, recorded_at when) {
    if (parked_ == parked_events::leave_out) return;
    sqlite::statement select(open_->connection, in_schema(select_parked, table.schema));
    select.bind_text(1, table.projection).bind(2, when.micros());
    if (select.step())
        throw error(errc::incomplete,
                    fmt::format("{}: events of stream {} are parked since {}", asking(table, when), select.text(0),
                                to_rfc3339(recorded_at::from_micros(select.number(1)).time())));
}

void sql_session::read_once(function_ref<void(sqlite::connection&)> work) {
    std::optional<sqlite::transaction> together(std::in_place, open_->connection, sqlite::transaction::kind::deferred);
    // A model that was made anew may have other columns, be one of two now, or have its rows in another file.
    while (!open_->models->are_as_they_were()) {
        together.reset();
        open_anew();
        together.emplace(open_->connection, sqlite::transaction::kind::deferred);
    }
    open_->functions->take_failure();
    try {
        work(open_->connection);
    } catch (const error&) {
        if (const auto failure = open_->functions->take_failure()) std::rethrow_exception(failure);
        throw;
    }
}

void sql_session::read(function_ref<void(sqlite::connection&)> work, function_ref<bool()> may_repeat) {
    const auto deadline = deadline_after(as_of_wait_);
    std::optional<sqlite::doorbell> bell;
    for (;;) {
        if (bell) bell->look();  // from here on no ring is lost
        try {
            return read_once(work);
        } catch (const error& e) {
            const auto left = deadline - std::chrono::steady_clock::now();
            if (e.kind() != errc::behind || left.count() <= 0 || !may_repeat()) throw;
            if (!bell)
                bell.emplace(bell_of(database_.file()), sqlite::doorbell::role::reader);
            else
                bell->wait(std::chrono::ceil<std::chrono::microseconds>(left));
        }
    }
}

}  // namespace leftfold::inline v0::detail
