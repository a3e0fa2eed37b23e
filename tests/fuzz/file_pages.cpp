// Any bytes, read as each of the small pages and rows that a store's files are made of: refused, or the same after
// another round. Where a checksum ends them the right one is put there, so that what lies behind it is reached.

#include <array>
#include <cstdlib>
#include <cstring>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/live_page.hpp"
#include "sqlite/manifest.hpp"
#include "sqlite/run_format.hpp"

namespace {

using namespace leftfold::sqlite;
using reader = void (*)(const std::string&);

std::string with_checksum(std::string bytes) {
    const auto crc = leftfold::crc32c(bytes);
    bytes.append(reinterpret_cast<const char*>(&crc), sizeof crc);  // little-endian, as config.hpp asserts
    return bytes;
}

void read_block(const std::string& bytes) {
    block_reader block(bytes);
    std::size_t entries = 0;
    while (block.next()) ++entries;
    if (entries > bytes.size()) std::abort();
}

constexpr std::array<reader, 7> readers{
    [](const std::string& bytes) {
        const auto once = parse_manifest(bytes, "fuzz");
        if (parse_manifest(to_text(once), "fuzz") != once) std::abort();
    },
    [](const std::string& bytes) {
        const auto once = decode_live_page(with_checksum(bytes));
        if (!once) return;
        const auto again = decode_live_page(encode_live_page(*once));
        if (!again || again->sequence != once->sequence || again->heads != once->heads) std::abort();
    },
    [](const std::string& bytes) { static_cast<void>(decode_live_page(bytes)); },
    [](const std::string& bytes) { static_cast<void>(decode_asked_time(with_checksum(bytes))); },
    [](const std::string& bytes) { static_cast<void>(decode_clock_bound(bytes, "fuzz")); },
    read_block,
    [](const std::string& bytes) {
        const auto once = decode_section(bytes);
        if (encode(decode_section(encode(once))) != encode(once)) std::abort();
    }};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    try {
        readers[(data[0] - unsigned{'a'}) % readers.size()]({reinterpret_cast<const char*>(data) + 1, size - 1});
    } catch (const leftfold::error&) {
        return 0;
    }
    return 0;
}
