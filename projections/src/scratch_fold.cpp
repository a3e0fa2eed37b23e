#include "scratch_fold.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

scratch_fold::scratch_fold(model_database& rows, projection_base& of, const event_registry& events,
                           flush_options bounds, event_store& store, std::set<std::string> types)
    : rows_(rows),
      of_(of),
      events_(events),
      bounds_(bounds),
      store_(store),
      side_(rows, of),
      batch_(projection_access::type(of), events),
      types_(std::move(types)) {
    projection_access::stand_on(of_, side_);
    projection_access::divide_rows(of_, store_.partitions());
}

scratch_fold::scratch_fold(model_database& rows, projection_base& of, const event_registry& events,
                           flush_options bounds, event_store& store, const beginning& from, std::set<std::string> types)
    : scratch_fold(rows, of, events, bounds, store, std::move(types)) {
    const auto empty = at(from.after, recorded_at::min());
    rows_.make_anew(projection_access::type(of_).name, empty, {.at = empty.at, .since = from.since},
                    projection_access::objects(of_));
}

stored_model scratch_fold::at(const cut& up_to, recorded_at through) const {
    const checkpoint reached{store_.id(), store_.epoch(), up_to, std::vector<chain_hash>(store_.partitions())};
    return {projection_access::shape(of_, events_), reached, through};
}

void scratch_fold::fold(const event_view& event) {
    batch_.add(event);
    if (batch_.is_full(batch_options())) fold_batch();
}

void scratch_fold::fold_batch() {
    batch_.decode(types_);
    try {
        std::size_t prefetched = 0;
        for (std::size_t i = 0; i != batch_.size(); ++i) {
            if (!rows_.in_transaction()) rows_.begin();
            if (i == prefetched) prefetched = projection_access::prefetch(of_, batch_, i, bounds_.cached_rows);
            fold_one(i);
            if (projection_access::pending(of_) < bounds_.rows &&
                (i + 1 < prefetched || projection_access::held(of_) < bounds_.cached_rows))
                continue;
            write_rows();
            prefetched = i + 1;
        }
    } catch (...) {
        batch_.clear();
        throw;
    }
    batch_.clear();
}

void scratch_fold::fold_one(std::size_t i) {
    try {
        projection_access::apply(of_, batch_, i, &side_);
    } catch (const std::exception& failed) {
        const auto* const known = dynamic_cast<const error*>(&failed);
        if (known != nullptr && known->kind() == errc::disk_full) throw;
        const auto& event = batch_.events()[i];
        throw error(errc::projection_stopped,
                    fmt::format("folding event {}, of type {}, into projection {}: {}", to_string(event.position()),
                                event.type, projection_access::type(of_).name, failed.what()));
    }
}

void scratch_fold::write() {
    fold_batch();
    write_rows();
}

void scratch_fold::write_rows() {
    side_.flush();
    rows_.commit();
    side_.transaction_ended();
    for (auto* part : projection_access::parts(of_)) part->forget();
    auto* const writers = projection_access::writers(of_);
    if (writers == nullptr) return;
    writers->forget();
    writers->fold_live({});
}

void scratch_fold::note(const cut& up_to, recorded_at through) {
    rows_.begin();
    rows_.save(projection_access::type(of_).name, at(up_to, through));
    rows_.commit();
}

}  // namespace leftfold::inline v0::detail
