#include "leftfold/projections/read_model.hpp"

#include <fmt/format.h>

#include "file_rows.hpp"
#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "read_side.hpp"

namespace leftfold::inline v0::detail {

opened_model::opened_model(const std::filesystem::path& database, std::unique_ptr<projection_base> handle,
                           read_model_options options)
    : handle_(std::move(handle)) {
    auto shape = projection_access::shape(*handle_, options.events);
    const std::string name(projection_access::type(*handle_).name);
    auto rows = std::make_unique<file_rows>(database, name, std::move(shape), std::move(options));
    rows_ = rows.get();
    side_ = std::make_unique<read_side>(std::move(rows), name);
    projection_access::stand_on(*handle_, *side_);
}

opened_model::~opened_model() = default;

read_model_status opened_model::status() const { return rows_->status(); }

std::vector<parked_key> opened_model::parked() const { return side_->parked(); }

freshness opened_model::wait_for(position where, wait_options options) const {
    const auto wanted = [&](const checkpoint& at) {
        cut made(at.consumed.partitions());
        if (where.partition.value() >= made.partitions())
            throw error(errc::invalid_argument, fmt::format("waiting for {}: the store has {} partitions",
                                                            to_string(where), made.partitions()));
        made.set(where.partition, where.at);
        return made;
    };
    return rows_->wait_until(wanted, options, "waiting for event " + to_string(where));
}

freshness opened_model::wait_for(const position_token& token, wait_options options) const {
    // Asked at each look: the rows may be made anew meanwhile, of the restored store.
    const auto wanted = [&](const checkpoint& at) { return token.in(at.store, at.epoch, at.consumed.partitions()); };
    return rows_->wait_until(wanted, options, "waiting for token " + to_string(token));
}

}  // namespace leftfold::inline v0::detail
