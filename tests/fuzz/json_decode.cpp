// Decodes arbitrary bytes as each kind of described value. What decodes must survive a round trip; what does not must
// be refused with a decode_error and nothing else.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../framework/json_types.hpp"
#include "leftfold/framework/codec.hpp"

namespace {

template <class T>
void there_and_back(std::string_view bytes) {
    std::string first;
    try {
        first = leftfold::to_json(leftfold::decode<T>(bytes));
    } catch (const leftfold::decode_error&) {
        return;
    }
    if (leftfold::to_json(leftfold::decode<T>(first)) != first) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    there_and_back<codec_types::everything>(bytes);
    there_and_back<codec_types::ordered>(bytes);
    there_and_back<codec_types::deposited>(bytes);
    return 0;
}
