#include "leftfold/projections/projection_status.hpp"

namespace leftfold::inline v0 {

std::string_view to_string(projection_state state) {
    switch (state) {
        case projection_state::catching_up:
            return "catching up";
        case projection_state::live:
            return "live";
        case projection_state::backing_off:
            return "waiting to retry";
        case projection_state::draining:
            return "draining";
        case projection_state::paused:
            return "paused";
        case projection_state::stopped:
            return "stopped";
    }
    return "unknown";
}

}  // namespace leftfold::inline v0
