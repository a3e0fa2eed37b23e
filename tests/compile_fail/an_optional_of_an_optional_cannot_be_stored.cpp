// Two ways of being absent would be one in JSON.
// expect: an_optional_cannot_hold_what_is_written_as_null<std::optional<std::optional<int> *> *>

#include "leftfold/framework/codec.hpp"

std::optional<std::optional<int>> read() { return leftfold::decode<std::optional<std::optional<int>>>("1"); }
