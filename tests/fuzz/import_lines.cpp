// Any lines, read as a whole export: refused by a typed error, and then nothing is left of it; or a store that holds
// what the lines say, so that its own export, imported again, gives the same export to the byte.
//
// Every line gets the checksum that fits it, so that what lies behind it is reached; one that begins with `!` is taken
// as it stands. The first byte says how many partitions the store is to have, `0` as many as the export.

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "checked_line.hpp"
#include "cloud_event.hpp"
#include "exporting.hpp"
#include "importing.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace leftfold::tools;

/// Each partition is a file, and making a thousand of them is slow without saying more.
constexpr std::uint32_t partitions_worth_trying = 8;

std::string with_checksums(const std::string& text) {
    std::istringstream lines(text);
    std::string all;
    for (std::string line; std::getline(lines, line);)
        all += (line.starts_with('!') ? line.substr(1) : close_line(line)) + '\n';
    return all;
}

bool is_worth_trying(const std::string& text) {
    try {
        return parse_header(text.substr(0, text.find('\n'))).partitions <= partitions_worth_trying;
    } catch (const leftfold::error&) {
        return true;
    }
}

import_report import(const fs::path& into, const std::string& lines, const import_options& options = {}) {
    std::istringstream in(lines);
    std::ostringstream out;
    return import_events(into, options, {.in = in, .out = out, .err = out});
}

std::string export_of(const fs::path& from) {
    auto store = leftfold::open_sqlite(
        from, {.access = leftfold::access::read_only, .mode = leftfold::open_mode::open_existing});
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    export_events(store, {}, export_order::by_partition, {.in = in, .out = out, .err = err});
    return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const fuzz::scratch scratch;
    if (size == 0) return 0;
    const auto lines = with_checksums({reinterpret_cast<const char*>(data) + 1, size - 1});
    if (!is_worth_trying(lines)) return 0;
    import_options options;
    if (const auto wanted = (data[0] - unsigned{'0'}) % (partitions_worth_trying + 1); wanted != 0)
        options.partitions = wanted;

    const auto once = scratch / "once";
    const auto again = scratch / "again";
    fs::remove_all(once);
    fs::remove_all(again);
    try {
        import(once, lines, options);
    } catch (const leftfold::error&) {
        // Events of a partial export are appended one by one: those before the line that is wrong stay, in a store.
        if (fs::exists(once)) static_cast<void>(export_of(once));
        return 0;
    }
    const auto told = export_of(once);
    import(again, told);
    if (export_of(again) != told) std::abort();
    return 0;
}
