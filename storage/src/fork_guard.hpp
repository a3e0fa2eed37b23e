#pragma once

namespace leftfold::inline v0 {

/// Returns a number that differs in a child of fork(2) from what it was in the parent. Costs one load.
int fork_generation();

}  // namespace leftfold::inline v0
