#include "head_note.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "cause_of.hpp"
#include "checked_line.hpp"
#include "file_failure.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view format_version = "1";

std::string to_hex_list(const std::vector<chain_hash>& chains) {
    std::string text;
    for (const auto& chain : chains) text += (text.empty() ? "" : ",") + to_hex(chain);
    return text;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw error(errc::invalid_event, "reading a chain hash that is not hexadecimal");
}

std::vector<chain_hash> parse_hex_list(std::string_view text) {
    std::vector<chain_hash> chains;
    constexpr std::size_t digits = 2 * std::tuple_size_v<chain_hash>;
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), digits + 1))) {
        if (text.size() < digits || (text.size() > digits && text[digits] != ','))
            throw error(errc::invalid_event, "reading chain hashes that are not 64 digits each");
        auto& chain = chains.emplace_back();
        for (std::size_t i = 0; i != chain.size(); ++i)
            chain[i] = static_cast<std::uint8_t>(hex_digit(text[2 * i]) * 16 + hex_digit(text[2 * i + 1]));
    }
    return chains;
}

void write_durably(const fs::path& file, std::string_view text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) fail_with_errno("writing", file);
    const auto written = ::write(descriptor, text.data(), text.size());
    const bool is_whole = written == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
    if (written >= 0 && written < static_cast<ssize_t>(text.size())) errno = ENOSPC;
    const int kept = errno;
    ::close(descriptor);
    errno = kept;
    if (!is_whole) fail_with_errno("writing", file);
}

}  // namespace

std::string to_line(const head_note& note) {
    std::string line;
    add_member(line, "leftfold_head", format_version);
    add_member(line, "store", to_string(note.reached.store));
    add_member(line, "epoch", std::to_string(note.reached.epoch.value()));
    add_member(line, "cut", to_string(note.reached.consumed));
    add_member(line, "chains", to_hex_list(note.reached.chains));
    if (note.read_in_full) add_member(line, "read_in_full", to_rfc3339(*note.read_in_full));
    if (note.state == head_note::trust::damaged) add_member(line, "damaged", "true");
    return close_line(std::move(line));
}

head_note parse_head_note(std::string_view line) {
    while (line.ends_with('\n')) line.remove_suffix(1);
    const line_members read(open_line(line));
    if (const auto version = read.text("leftfold_head"); version != format_version)
        throw error(errc::newer_format, "reading a note on a store's head, of format " + version);
    head_note note;
    note.reached = {.store = parse_event_id(read.text("store")),
                    .epoch = store_epoch(read.number("epoch")),
                    .consumed = parse_cut(read.text("cut")),
                    .chains = parse_hex_list(read.text("chains"))};
    if (read.has("read_in_full")) note.read_in_full = parse_time(read.text("read_in_full"));
    if (read.has("damaged")) note.state = head_note::trust::damaged;
    if (note.reached.chains.size() != note.reached.consumed.partitions())
        throw error(errc::invalid_event, "reading a note whose cut and chain hashes are of different lengths");
    return note;
}

checkpoint heads_of(event_store& store) {
    checkpoint heads{.store = store.id(), .epoch = store.epoch(), .consumed = cut(store.partitions()), .chains = {}};
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const auto head = store.head_of(partition_id(p));
        heads.consumed.set(partition_id(p), head.at);
        heads.chains.push_back(head.chain);
    }
    return heads;
}

std::optional<head_note> read_head_note(const fs::path& file) {
    std::error_code failed;
    const auto kind = fs::status(file, failed).type();
    if (kind == fs::file_type::not_found) return std::nullopt;
    if (kind != fs::file_type::regular) throw error(errc::io_error, "reading " + file.string() + ", which is no file");
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad() || !in.is_open()) throw error(errc::io_error, "reading " + file.string());
    try {
        return parse_head_note(text);
    } catch (const error& e) {
        throw error(e.kind(), fmt::format("reading {}: {}", file.string(), cause_of(e)));
    }
}

void keep_head_note(const fs::path& file, const head_note& note) {
    // Two that write at once write two files, and the later one stays.
    const fs::path beside = fmt::format("{}.{}", file.string(), ::getpid());
    try {
        write_durably(beside, to_line(note) + "\n");
        if (std::rename(beside.c_str(), file.c_str()) != 0) fail_with_errno("keeping", file);
    } catch (const error&) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        throw;
    }
}

}  // namespace leftfold::inline v0::tools
