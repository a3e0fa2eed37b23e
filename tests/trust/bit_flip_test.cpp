// One altered bit anywhere in a partition's database is found, or alters nothing that is read.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "leftfold/storage/sqlite_store.hpp"
#include "support/store_audit.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace {

using namespace test_support;

constexpr std::int64_t appends = 120;

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

TEST(bit_flip, is_found_or_alters_nothing) {
    const temporary_directory place(temporary_directory::where::in_memory);
    {
        auto store = open_sqlite(place / "bank.store", {.partitions = 1});
        for (std::int64_t i = 0; i != appends; ++i)
            store
                .append(stream_id("account", "owner" + std::to_string(i % 5)), expected_version::any(),
                        numbered_events(i, 1, i % 20 == 0 ? 9'000 : 250))
                .value();
    }
    const auto file = place / "bank.store/partition-0000.db";
    const auto whole = read_file(file);
    std::mt19937_64 random(23);
    int found = 0;
    int harmless = 0;
    int shorter = 0;
    std::string silent;
    for (int i = 0; i != 1'500; ++i) {
        auto altered = whole;
        const auto at = random() % altered.size();
        altered[at] = static_cast<char>(static_cast<unsigned char>(altered[at]) ^ (1U << (random() % 8)));
        write_file(file, altered);
        for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
        const auto audit = audit_store(place / "bank.store");
        if (!audit.is_sound())
            ++found;
        else if (audit.events == appends)
            ++harmless;
        else if (++shorter != 0 && silent.empty())
            silent = fmt::format("byte {} of {}: {} events are left", at, altered.size(), audit.events);
    }
    fmt::print("bit_flip: {} found, {} harmless, {} silent\n", found, harmless, shorter);
    EXPECT_GT(found, 1'000);
    EXPECT_EQ(shorter, 0) << silent;
}

}  // namespace
}  // namespace leftfold
