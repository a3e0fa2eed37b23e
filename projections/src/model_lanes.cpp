// How a model folds whose projection says order::per_partition.

#include <fmt/format.h>

#include <exception>

#include "leftfold/storage/error.hpp"
#include "model.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

void model::check_order() const {
    if (!projection_access::has_lanes(*instance_)) return;
    const auto refuse = [&](const std::string& why) {
        throw error(errc::unsupported, fmt::format("adding projection {}, which folds per partition: {}", name_, why));
    };
    if (!database_) refuse("in memory, where its lanes would have an object each, and nothing would be whole");
    if (projection_access::type(*instance_).on_failure == failure_policy::park_key)
        refuse("it parks keys, which only a projection in the order of the log can");
    for (const auto* part : projection_access::parts(*instance_))
        if (!part->remembers_writers())
            refuse(fmt::format("nobody knows to which partition rows of its table {} belong, since SQL writes them",
                               part->name()));
}

/// One round of all lanes. Their rows are written by the flush that follows.
void model::fold_in_lanes(const cut& up_to, recorded_at closed) {
    const auto round = lanes_->fold(lane_.folded(), up_to, closed, [&] {
        return !signals_->stopping.load(std::memory_order_relaxed) && !makes_way();
    });
    folded_ = round.events;
    for (const auto& each : round.last) place_.passed(each.where, each.chain);
    failed_at_ = round.failed_at;
    if (!round.failure || round.failed_at) {
        place_.reached(round.reached);
        place_.complete(round.through);
        lane_.folded(place_.at());
    }
    if (round.failure) std::rethrow_exception(round.failure);
}

}  // namespace leftfold::inline v0::detail
