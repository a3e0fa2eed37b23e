#include "rebuild.hpp"

#include <utility>

#include "model_comparison.hpp"

namespace leftfold::inline v0::detail {

rebuild::held_rows::held_rows(const std::filesystem::path& file)
    : connection(file), together(connection, sqlite::transaction::kind::deferred) {
    connection.query_number("SELECT count(*) FROM leftfold_models");  // the first look decides what is seen
}

void rebuild::begin(model& live) {
    builder_ = live.begin_generation();
    report_.generation = builder_->generation();
    report_.compared.projection = live.name();
}

void rebuild::follow(const model& live) {
    // While it folds, the live model goes on. Once a round was a short one, the rest is left to meet().
    constexpr std::size_t little = 1'000;
    while (true) {
        const auto now = live.board().status().reached;
        if (events_between(builder_->reached(), now) < little) return;
        builder_->advance_to(now);
    }
}

void rebuild::meet(model& live) {
    live.bring_here(*builder_);
    live_rows_.emplace(live.rows_file());
    new_rows_.emplace(builder_->rows_file());
    report_.compared.at = builder_->reached();
}

bool rebuild::compare() {
    auto& report = report_.compared;
    const verify_projection_options how{.one_key_in = options_.one_key_in,
                                        .seed = options_.seed,
                                        .drifts_max = options_.listed_max,
                                        .expected = options_.expected};
    compare_models(builder_->instance(), {}, new_rows_->connection, live_rows_->connection, how, report);
    new_rows_.reset();
    live_rows_.reset();
    return report.sound() || options_.differences == differences::accepted;
}

void rebuild::swap(model& live) {
    live.go_on_with(*builder_);
    if (!report_.compared.sound() || report_.compared.expected != 0 || options_.one_key_in != 1)
        live.rows_were_replaced("they were folded anew");
    builder_.reset();
    report_.swapped = true;
}

void rebuild::drop(model& live) {
    live_rows_.reset();
    new_rows_.reset();
    if (builder_) live.drop_generation(std::move(builder_));
}

}  // namespace leftfold::inline v0::detail
