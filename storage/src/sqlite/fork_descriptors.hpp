#pragma once

namespace leftfold::inline v0::sqlite {

/// Registers a descriptor that a child closes at once after fork(2), so that a lock of the parent's does not outlive
/// the parent in its children.
void close_in_children(int descriptor);

/// Ends the registration, before the descriptor is closed.
void keep_in_children(int descriptor);

}  // namespace leftfold::inline v0::sqlite
