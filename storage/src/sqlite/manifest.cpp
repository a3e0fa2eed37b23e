#include "sqlite/manifest.hpp"

#include <fmt/format.h>

#include <charconv>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::size_t manifest_bytes = 512;
constexpr std::string_view first_line = "leftfold store\n";

// Takes the line "name value\n" off the text's front and returns the value.
std::string_view take(std::string_view& text, std::string_view name, std::string_view origin) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (end == std::string_view::npos || !line.starts_with(name) || line.size() <= name.size() + 1 ||
        line[name.size()] != ' ')
        throw error(errc::corrupt, fmt::format("reading {}: a line \"{} …\" is missing", origin, name));
    text.remove_prefix(end + 1);
    return line.substr(name.size() + 1);
}

template <class Number>
Number number(std::string_view text, std::string_view origin, int base = 10) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc() || end != text.data() + text.size())
        throw error(errc::corrupt, fmt::format("reading {}: \"{}\" is no number", origin, text));
    return value;
}

}  // namespace

std::string to_text(const manifest& of) {
    auto text = fmt::format("{}format {}\nid {}\npartitions {}\nepoch {}\n", first_line, of.format, to_string(of.id),
                            of.partitions, of.epoch.value());
    text += fmt::format("crc {:08x}\n", crc32c(text));
    text.resize(manifest_bytes, '\n');
    return text;
}

manifest parse_manifest(std::string_view text, std::string_view origin) {
    if (!text.starts_with(first_line))
        throw error(errc::foreign_file, fmt::format("reading {}: it does not begin with \"leftfold store\"", origin));
    auto rest = text.substr(first_line.size());
    manifest found;
    found.format = number<std::int64_t>(take(rest, "format", origin), origin);
    // Before the checksum: a later format may lay out the rest in another way.
    if (found.format > format_version)
        throw error(errc::newer_format, fmt::format("reading {}: its format is {}, this build reads up to {}", origin,
                                                    found.format, format_version));
    const auto id = take(rest, "id", origin);
    found.partitions = number<std::uint32_t>(take(rest, "partitions", origin), origin);
    found.epoch = store_epoch{number<std::int64_t>(take(rest, "epoch", origin), origin)};
    const auto covered = text.substr(0, static_cast<std::size_t>(rest.data() - text.data()));
    const auto crc = number<std::uint32_t>(take(rest, "crc", origin), origin, 16);
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
