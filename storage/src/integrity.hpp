#pragma once

#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0 {

/// Fills in the checksums of an event whose every other column, its chain hash included, is final.
void seal(event_view& event);

/// Throw errc::corrupt, naming partition and offset, when the bytes are not those that were sealed.
void check_envelope(const event_view& event);
void check_payload(const event_view& event);

}  // namespace leftfold::inline v0
