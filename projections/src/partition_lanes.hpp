#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decoder_pool.hpp"
#include "lane_side.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_place.hpp"
#include "work_share.hpp"

namespace leftfold::inline v0::detail {

/// How a model with order::per_partition folds: one lane a partition, each with an instance of the projection, several
/// of them at once, in rounds. A round ends when every lane is where it was to go, full, or at an event that fails;
/// then what all of them changed is written in one transaction, with one checkpoint, by the model.
///
/// For one thread at a time, which is joined by others in fold() alone.
class partition_lanes {
public:
    /// Makes the instances, which hold nothing. `make`, `options` and `filter` outlive it.
    partition_lanes(event_store& store, const make_projection& make, const projection_options& options,
                    const event_filter& filter, const model_place& rows);
    ~partition_lanes();

    /// The last event that a lane folded.
    struct passed {
        position where;
        chain_hash chain;
    };
    /// What came of one round.
    struct outcome {
        cut reached{};
        std::vector<passed> last{};
        std::size_t events = 0;
        /// Nothing recorded at or before that is missing.
        recorded_at through = recorded_at::min();
        /// What failed, of several the one of the first partition, and at which event; without one, the lanes are not
        /// to be trusted any more.
        std::exception_ptr failure{};
        std::optional<position> failed_at{};
    };

    /// Folds events after one cut, up to another that holds everything recorded up to `closed`. After each event a lane
    /// asks `goes_on`, from any thread, whether it may take another.
    outcome fold(const cut& after, const cut& up_to, recorded_at closed, function_ref<bool()> goes_on);

    /// Visits the instance of each lane.
    void visit(function_ref<void(projection_base&)> instance) const;

    bool has_pending() const;
    /// Writes what all lanes changed.
    void flush(model_side& to);
    /// Forgets all rows that are held: right after a flush.
    void forget();
    /// Forgets those of the lanes that hold as many as they may.
    void trim();

private:
    struct lane_of_one;

    std::size_t held_max() const;
    void fold_one(lane_of_one& lane, offset up_to, recorded_at closed, const flush_options& within,
                  function_ref<bool()> goes_on);

    event_store store_;
    const projection_options& options_;
    const event_filter& filter_;
    std::vector<std::unique_ptr<lane_of_one>> lanes_;
    work_share share_;
    decoder_pool decoders_;
};

}  // namespace leftfold::inline v0::detail
