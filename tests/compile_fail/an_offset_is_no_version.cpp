// A place in a partition passed where a place in a stream is wanted.
// expect gcc: could not convert .*strong_number<.*offset_tag.*strong_number<.*version_tag
// expect clang: no matching function for call|no viable conversion

#include "leftfold/storage/position.hpp"

void read_from(leftfold::version first);

void read() { read_from(leftfold::offset{7}); }
