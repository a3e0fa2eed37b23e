// Any bytes at all, read as the stored headers of an event: never a byte beyond them, and what is well formed is what
// adding the same headers writes.

#include <cstdlib>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/headers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const leftfold::headers_view read(bytes);
    std::size_t seen = 0;
    for (const auto& [name, value] : read) seen += 8 + name.size() + value.size();
    if (seen > size) std::abort();
    static_cast<void>(leftfold::content_type(read));
    if (!read.is_well_formed()) return 0;
    if (seen != size) std::abort();
    try {
        leftfold::headers again;
        for (const auto& [name, value] : read) again.add(name, value);
        if (again.encoded() != bytes) std::abort();
    } catch (const leftfold::error& refused) {  // bytes that are whole may have a name that nobody could have given
        if (refused.kind() != leftfold::errc::invalid_name) throw;
    }
    return 0;
}
