#pragma once

#include <string>

#include "leftfold/storage/sqlite_store.hpp"

namespace leftfold::inline v0::tools {

/// Opens an existing store beside whoever owns it.
inline event_store open_for_reading(const std::string& path) {
    return open_sqlite(path, {.access = access::read_only, .mode = open_mode::open_existing});
}

/// Opens an existing store as its owner: errc::locked while somebody else is.
inline event_store open_for_writing(const std::string& path) {
    return open_sqlite(path, {.mode = open_mode::open_existing});
}

}  // namespace leftfold::inline v0::tools
