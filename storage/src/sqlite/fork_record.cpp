#include "sqlite/fork_record.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "sqlite/lines_of_text.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::string_view record_name = "fork";
constexpr std::string_view record_begins = "leftfold fork\n";

// More than the longest path and 1,024 heads.
constexpr std::size_t record_bytes_max = 1 << 18;

std::string covered_text(const fork_record& of) {
    auto text = fmt::format("{}parent {}\nepoch {}\npath {}\ntime {}\ndepth {}\n", record_begins, to_string(of.parent),
                            of.epoch.value(), of.path.string(), of.time.micros(), of.depth);
    for (const auto& head : of.heads)
        text += fmt::format("head {} {} {}\n", head.at.value(), head.recorded.micros(), to_hex(head.chain));
    return text;
}

chain_hash parse_chain(std::string_view text, std::string_view origin) {
    chain_hash chain;
    if (text.size() != 2 * chain.size())
        throw error(errc::corrupt, fmt::format("reading {}: \"{}\" is no hash", origin, text));
    for (std::size_t i = 0; i != chain.size(); ++i)
        chain[i] = number_in<std::uint8_t>(text.substr(2 * i, 2), origin, 16);
    return chain;
}

partition_head parse_head(std::string_view line, std::string_view origin) {
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos)
        throw error(errc::corrupt, fmt::format("reading {}: \"{}\" is no head", origin, line));
    return {offset(number_in<std::int64_t>(line.substr(0, first), origin)),
            recorded_at::from_micros(number_in<std::int64_t>(line.substr(first + 1, second - first - 1), origin)),
            parse_chain(line.substr(second + 1), origin)};
}

}  // namespace

std::uint32_t checksum_of(const fork_record& of) { return crc32c(covered_text(of)); }

std::string to_text(const fork_record& of) {
    const auto text = covered_text(of);
    return fmt::format("{}crc {:08x}\n", text, crc32c(text));
}

fork_record parse_fork_record(std::string_view text, std::uint32_t partitions, std::string_view origin) {
    if (!text.starts_with(record_begins))
        throw error(errc::corrupt, fmt::format("reading {}: it does not begin with \"leftfold fork\"", origin));
    auto rest = text.substr(record_begins.size());
    fork_record found;
    const auto parent = take_line(rest, "parent", origin);
    found.epoch = store_epoch(number_in<std::int64_t>(take_line(rest, "epoch", origin), origin));
    found.path = take_line(rest, "path", origin);
    found.time = recorded_at::from_micros(number_in<std::int64_t>(take_line(rest, "time", origin), origin));
    found.depth = number_in<int>(take_line(rest, "depth", origin), origin);
    for (std::uint32_t p = 0; p != partitions; ++p)
        found.heads.push_back(parse_head(take_line(rest, "head", origin), origin));
    const auto covered = text.substr(0, static_cast<std::size_t>(rest.data() - text.data()));
    if (number_in<std::uint32_t>(take_line(rest, "crc", origin), origin, 16) != crc32c(covered))
        throw error(errc::corrupt, fmt::format("reading {}: its checksum does not agree", origin));
    found.parent = parse_event_id(parent);
    return found;
}

fork_record read_fork_record(std::string_view vfs, const std::filesystem::path& directory, const manifest& of) {
    const auto file = directory / record_name;
    if (!file_exists(vfs, file))
        throw error(errc::corrupt, fmt::format("reading {}: the manifest speaks of it, and it is gone", file.string()));
    const auto text = raw_file(vfs, file, raw_file::mode::read).read(0, record_bytes_max);
    auto found = parse_fork_record(text, of.partitions, file.string());
    if (checksum_of(found) != of.fork)
        throw error(errc::corrupt, fmt::format("reading {}: the manifest speaks of another one", file.string()));
    return found;
}

void write_fork_record(std::string_view vfs, const std::filesystem::path& directory, const fork_record& what) {
    raw_file file(vfs, directory / record_name, raw_file::mode::create);
    file.write(0, to_text(what));
    file.sync();
}

}  // namespace leftfold::inline v0::sqlite
