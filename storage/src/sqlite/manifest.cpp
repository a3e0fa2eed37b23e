#include "sqlite/manifest.hpp"

#include <fmt/format.h>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/lines_of_text.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::size_t manifest_bytes = 512;
constexpr std::string_view manifest_begins = "leftfold store\n";

}  // namespace

std::string to_text(const manifest& of) {
    auto text = fmt::format("{}format {}\nid {}\npartitions {}\nepoch {}\n", manifest_begins, of.format,
                            to_string(of.id), of.partitions, of.epoch.value());
    if (of.fork) text += fmt::format("fork {:08x}\n", *of.fork);
    text += fmt::format("crc {:08x}\n", crc32c(text));
    text.resize(manifest_bytes, '\n');
    return text;
}

manifest parse_manifest(std::string_view text, std::string_view origin) {
    if (!text.starts_with(manifest_begins))
        throw error(errc::foreign_file, fmt::format("reading {}: it does not begin with \"leftfold store\"", origin));
    auto rest = text.substr(manifest_begins.size());
    manifest found;
    found.format = number_in<std::int64_t>(take_line(rest, "format", origin), origin);
    // Before the checksum: a later format may lay out the rest in another way.
    if (found.format > fork_format_version)
        throw error(errc::newer_format, fmt::format("reading {}: its format is {}, this build reads up to {}", origin,
                                                    found.format, fork_format_version));
    const auto id = take_line(rest, "id", origin);
    found.partitions = number_in<std::uint32_t>(take_line(rest, "partitions", origin), origin);
    found.epoch = store_epoch{number_in<std::int64_t>(take_line(rest, "epoch", origin), origin)};
    if (found.format == fork_format_version)
        found.fork = number_in<std::uint32_t>(take_line(rest, "fork", origin), origin, 16);
    const auto covered = text.substr(0, static_cast<std::size_t>(rest.data() - text.data()));
    const auto crc = number_in<std::uint32_t>(take_line(rest, "crc", origin), origin, 16);
    if (crc != crc32c(covered))
        throw error(errc::corrupt, fmt::format("reading {}: its checksum does not agree", origin));
    found.id = parse_event_id(id);
    return found;
}

std::optional<manifest> read_manifest(std::string_view vfs, const std::filesystem::path& directory,
                                      std::string_view name) {
    const auto file = directory / name;
    if (!file_exists(vfs, file)) return std::nullopt;
    const auto text = raw_file(vfs, file, raw_file::mode::read).read(0, manifest_bytes);
    if (text.find_first_not_of('\0') == std::string::npos) return std::nullopt;
    return parse_manifest(text, file.string());
}

void write_manifest(std::string_view vfs, const std::filesystem::path& directory, const manifest& what,
                    std::string_view name) {
    raw_file file(vfs, directory / name, raw_file::mode::create);
    file.write(0, to_text(what));
    file.sync();
}

}  // namespace leftfold::inline v0::sqlite
