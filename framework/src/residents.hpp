#pragma once
// The folded states that a repository keeps in memory, those used last, within a bound of bytes.

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "leftfold/framework/detail/repository_core.hpp"

namespace leftfold::inline v0::detail {

/// A state between two commands: folded from stored events alone, never what a decision left behind. So it is what the
/// stream was at its version, and can be outdated, but never wrong.
struct resident {
    std::unique_ptr<subject> state;
    fold_end end;
    /// Bytes of the state when they were counted last, and of the payloads that it has taken in since.
    std::size_t counted = 0;
    std::size_t grown = 0;
};

/// Knows no types: what a state is only its subject knows. Safe from any thread; nothing of the user's runs under the
/// lock, not even a destructor.
class residents {
public:
    explicit residents(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// Gives the stream's state away: nobody else gets it until it is put back. Nothing where there is none.
    std::optional<resident> take(const stream_id& stream);
    /// Puts a state back, or a new one in, as the one used last, and drops those used longest ago that are too many.
    /// One of a later version stays instead; one that alone is too large goes. What goes wrong drops the state.
    void put(const stream_id& stream, resident&& state) noexcept;

    resident_counts counts() const;

private:
    struct place {
        std::string key;
        resident held;
        std::size_t bytes;
    };
    using places = std::list<place>;

    /// Moves a place out of what is kept, to the list whose end destroys it.
    void move_out(places::iterator which, places& to);

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    places used_;                                                   // the last one first
    std::unordered_map<std::string_view, places::iterator> found_;  // by the key in the place
    resident_counts counts_;
};

}  // namespace leftfold::inline v0::detail
