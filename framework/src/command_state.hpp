#pragma once
// The state that one command decides on: loaded for it, or a copy of a resident that has to prove itself.

#include <optional>
#include <span>
#include <vector>

#include "leftfold/framework/detail/repository_core.hpp"
#include "residents.hpp"

namespace leftfold::inline v0::detail {

/// One command, or one look, at one stream, on one thread. Without residents it only loads.
///
/// With them it takes the stream's resident, or makes one, and puts it back at its end. Decisions get a copy: whatever
/// they leave behind, the resident stays what is stored. Others may have overtaken it, which an append tells, or a look
/// at the stream's head; until then nothing that was decided on it gets out.
class command_state {
public:
    command_state(repository_core& core, subject& target, const stream_id& stream)
        : core_(core), target_(target), stream_(stream) {}
    ~command_state();
    command_state(const command_state&) = delete;
    command_state& operator=(const command_state&) = delete;

    /// Makes the target the stream's state as it is now.
    fold_end look();

    /// Takes the resident for a command. Throws where the store is closed, before anything is decided.
    void begin();
    /// Makes the target the state to decide on: a newer one when the last was found to be outdated.
    fold_end load();
    /// Whether the state that was loaded was the stream's at some time since the command began. Looks up the stream's
    /// head when nobody knows.
    bool confirm();
    /// Takes in what a refused append had missed. Returns whether that was a lost race: not so when the resident had
    /// been overtaken before the command began, since without residents nobody would have noticed.
    bool lost(const conflict& refused) noexcept;
    /// Takes in what was appended.
    void stored(const appended& outcome, const std::vector<event_data>& raised) noexcept;
    /// Forgets the resident; the next load() begins anew.
    void drop() noexcept { held_.reset(); }

private:
    enum class standing { current, unproven, outdated };

    void take_in(std::span<const event_view> next);
    void read_on();

    repository_core& core_;
    subject& target_;
    const stream_id& stream_;
    offset begun_{};                // what is beyond was appended since the command began
    std::optional<resident> held_;  // none while it changes: what breaks off half-way is lost with it
    standing standing_ = standing::current;
};

}  // namespace leftfold::inline v0::detail
