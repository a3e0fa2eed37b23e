/// Contracts as plain functions: what every engine promises, checked without a test library.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::inline v0::testing {

/// An engine under test: makes stores, and opens them again. An engine's own test file derives from this.
class engine {
public:
    virtual ~engine() = default;

    /// Makes the ports of a new, empty store with so many partitions.
    virtual store_parts make(std::uint32_t partitions) = 0;

    /// Whether a store can be opened again after its ports are gone. Cases about that are left out where not.
    virtual bool keeps() const = 0;

    /// Opens the store that make() made last. The ports of before are gone by then. Called only when keeps().
    virtual store_parts reopen() = 0;
};

using engine_maker = std::function<std::unique_ptr<engine>()>;

/// Whether the store is closed and opened again between what a case writes and what it reads.
enum class variant { straight, reopened };

/// One promise, and the function that tries to break it.
struct contract_case {
    /// The promise as a sentence in snake_case. Never changes, since wrong stores are known by the case that they fail.
    std::string name;
    /// Throws when the promise is broken. Called with a fresh engine.
    std::function<void(engine&, variant)> check;
    /// Whether opening the store again may make a difference; else there is only the straight variant.
    bool reopens = true;

    /// Runs the case. Returns nothing when the promise held, else how it was broken. What the engine throws is a
    /// failure like any other.
    std::optional<std::string> run(engine& subject, variant how = variant::straight) const;
};

using contract = std::vector<contract_case>;

}  // namespace leftfold::inline v0::testing
