#pragma once

#include <boost/system/result.hpp>

namespace leftfold::inline v0 {

/// A value or the expected other outcome, as a value: `if (auto done = store.append(…))`. Boost.System's result; taking
/// the value of a failed one throws.
template <class T, class E>
using result = boost::system::result<T, E>;

}  // namespace leftfold::inline v0
