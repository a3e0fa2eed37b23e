#pragma once

#include <string_view>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Returns a cut that is closed and holds everything that is stored now, and so all that was acknowledged.
///
/// A commit under way holds closed() back below events of other partitions that were acknowledged before it: an owner
/// is asked, and closes them in a moment. What an owner who is gone has left open is closed by a seal. Throws
/// errc::not_closed, with `doing` in the text, where neither comes about within store_limits::as_of_wait: what was
/// stored may then be more than anybody knows to be closed.
cut whole_cut(event_store& store, std::string_view doing);

}  // namespace leftfold::inline v0
