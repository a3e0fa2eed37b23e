#include "sqlite/run_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <string>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::int64_t run_application_id = 0x6C664978;  // "lfIx"
constexpr std::int64_t run_format_version = 1;

constexpr auto run_tables =
    "CREATE TABLE file (id INTEGER PRIMARY KEY CHECK (id = 1), \"partition\" INTEGER NOT NULL, salt BLOB NOT NULL,"
    " crc INTEGER NOT NULL);"
    "CREATE TABLE runs (run INTEGER PRIMARY KEY, state INTEGER NOT NULL, after_offset INTEGER NOT NULL,"
    " to_offset INTEGER NOT NULL, chain BLOB NOT NULL, stream_entries INTEGER NOT NULL, id_entries INTEGER NOT NULL,"
    " stream_sections INTEGER NOT NULL, id_sections INTEGER NOT NULL, stream_content INTEGER NOT NULL,"
    " id_content INTEGER NOT NULL, crc INTEGER NOT NULL);"
    "CREATE TABLE sections (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE blocks (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "PRAGMA application_id = 1818642808;"
    "PRAGMA user_version = 1;";
static_assert(run_application_id == 1'818'642'808 && run_format_version == 1);

template <class Bytes>
std::string_view text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[noreturn]] void damaged(const connection& in, std::string_view what) {
    throw error(errc::corrupt, fmt::format("reading the index file {}: {}", in.file().string(), what));
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const connection& in, std::string_view stored) {
    std::array<std::uint8_t, N> bytes;
    if (stored.size() != N) damaged(in, "a value has the wrong length");
    std::memcpy(bytes.data(), stored.data(), N);
    return bytes;
}

std::uint32_t checksum(const run_salt& salt, std::string_view text) { return crc32c(text, crc32c(text_of(salt))); }

std::uint32_t checksum(const run_salt& salt, const run_row& row) {
    return checksum(
        salt, fmt::format("{} {} {} {} {} {} {} {} {} {} {}", row.run, static_cast<int>(row.state), row.after.value(),
                          row.to.value(), to_hex(row.chain), row.entries[0], row.entries[1], row.sections[0],
                          row.sections[1], row.content[0], row.content[1]));
}

}  // namespace

run_file::run_file(const std::filesystem::path& path, const run_file_options& options)
    : connection_(path, {.mode = options.mode, .vfs = options.vfs, .cache_kib = options.cache_kib}),
      begin_after_(options.begin_after) {
    const bool writes = options.mode == file_access::create;
    if (writes) {
        connection_.execute("PRAGMA page_size = 4096");
        connection_.execute("PRAGMA journal_mode = WAL");
        connection_.execute("PRAGMA synchronous = NORMAL");
        if (connection_.query_number("SELECT count(*) FROM sqlite_schema") == 0) create(options);
    }
    check(options);
    begin_ = statement(connection_, "BEGIN");
    end_ = statement(connection_, "COMMIT");
    read_block_ = statement(connection_, "SELECT bytes FROM blocks WHERE id = ?1");
    if (!writes) return;
    write_block_ = statement(connection_, "INSERT INTO blocks VALUES (?1, ?2)");
    write_section_ = statement(connection_, "INSERT INTO sections VALUES (?1, ?2)");
}

void run_file::create(const run_file_options& options) {
    transaction making(connection_);
    connection_.execute(run_tables);
    statement insert(connection_, "INSERT INTO file VALUES (1, ?1, ?2, ?3)");
    insert.bind(1, std::int64_t{options.partition.value()})
        .bind_blob(2, text_of(options.salt))
        .bind(3, std::int64_t{checksum(options.salt, std::to_string(options.partition.value()))});
    insert.run();
    making.commit();
}

void run_file::check(const run_file_options& options) {
    if (connection_.query_number("PRAGMA application_id") != run_application_id)
        throw error(errc::foreign_file, fmt::format("opening {} as an index file", connection_.file().string()));
    if (connection_.query_number("PRAGMA user_version") != run_format_version)
        throw error(errc::newer_format, fmt::format("opening the index file {}", connection_.file().string()));
    statement query(connection_, "SELECT \"partition\", salt, crc FROM file");
    if (!query.step()) damaged(connection_, "it does not say whose it is");
    salt_ = bytes_of<16>(connection_, query.blob(1));
    if (query.number(2) != checksum(salt_, std::to_string(query.number(0))))
        damaged(connection_, "the checksum of its first row does not agree");
    if (query.number(0) != options.partition.value()) damaged(connection_, "it belongs to another partition");
}

std::vector<run_row> run_file::runs() {
    std::vector<run_row> rows;
    statement query(connection_, "SELECT * FROM runs ORDER BY after_offset, run");
    while (query.step()) {
        run_row row{
            .run = query.number(0),
            .state = static_cast<run_state>(query.number(1)),
            .after = offset(query.number(2)),
            .to = offset(query.number(3)),
            .chain = bytes_of<32>(connection_, query.blob(4)),
            .entries = {query.number(5), query.number(6)},
            .sections = {query.number(7), query.number(8)},
            .content = {static_cast<std::uint32_t>(query.number(9)), static_cast<std::uint32_t>(query.number(10))}};
        if (query.number(11) != checksum(salt_, row))
            damaged(connection_, "the checksum of a run's row does not agree");
        rows.push_back(row);
    }
    return rows;
}

loaded_part run_file::load(std::int64_t run, run_part_kind part) {
    loaded_part loaded;
    statement query(connection_, "SELECT id, bytes FROM sections WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
    query.bind(1, run_row_id{run, part, 0}.packed()).bind(2, run_row_id{run, part, 0x7FFFFFFF}.packed());
    while (query.step()) {
        const run_row_id id{run, part, static_cast<std::uint32_t>(loaded.part.sections.size())};
        if (query.number(0) != id.packed()) damaged(connection_, fmt::format("run {} lacks a section", run));
        const auto stored = query.blob(1);
        loaded.part.sections.push_back(decode_section(open_row(salt_, run_table::sections, id, stored)));
        loaded.content = crc32c(stored, loaded.content);
    }
    return loaded;
}

std::string_view run_file::block(run_row_id id) {
    {
        const reset_at_end no_longer_reading(read_block_);
        read_block_.bind(1, id.packed());
        if (!read_block_.step()) damaged(connection_, fmt::format("run {} lacks block {}", id.run, id.number));
        block_ = read_block_.blob(0);
    }
    return open_row(salt_, run_table::blocks, id, block_);
}

void run_file::put(const run_row& row) {
    statement insert(connection_,
                     "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    insert.bind(1, row.run).bind(2, static_cast<int>(row.state)).bind(3, row.after.value()).bind(4, row.to.value());
    insert.bind_blob(5, text_of(row.chain));
    insert.bind(6, row.entries[0]).bind(7, row.entries[1]).bind(8, row.sections[0]).bind(9, row.sections[1]);
    insert.bind(10, row.content[0]).bind(11, row.content[1]).bind(12, checksum(salt_, row));
    insert.run();
}

void run_file::put_block(run_row_id id, std::string bytes) {
    seal_row(salt_, run_table::blocks, id, bytes);
    write_block_.bind(1, id.packed()).bind_blob(2, bytes);
    write_block_.run();
}

std::string run_file::put_section(run_row_id id, const run_section& section) {
    auto bytes = encode(section);
    seal_row(salt_, run_table::sections, id, bytes);
    write_section_.bind(1, id.packed()).bind_blob(2, bytes);
    write_section_.run();
    return bytes;
}

bool run_file::drop(std::int64_t run, std::int64_t rows) {
    const auto first = run << 32;
    const auto last = ((run + 1) << 32) - 1;
    statement blocks(connection_,
                     "DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)");
    blocks.bind(1, first).bind(2, last).bind(3, rows);
    blocks.run();
    if (connection_.changes() == rows) return true;
    statement sections(connection_, "DELETE FROM sections WHERE id BETWEEN ?1 AND ?2");
    sections.bind(1, first).bind(2, last);
    sections.run();
    statement row(connection_, "DELETE FROM runs WHERE run = ?1");
    row.bind(1, run);
    row.run();
    return false;
}

void run_file_output::put_block(run_row_id id, std::string bytes) { file_.put_block(id, std::move(bytes)); }

void run_file_output::put_section(run_row_id id, const run_section& section) {
    auto& sum = content[static_cast<unsigned>(id.part)];
    sum = crc32c(file_.put_section(id, section), sum);
}

void remove_run_file(const std::filesystem::path& path, const std::string& vfs) {
    auto* const files = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    if (files == nullptr) return;
    for (const auto* const suffix : {"", "-wal", "-shm"}) {
        std::string full(static_cast<std::size_t>(files->mxPathname) + 1, '\0');
        const auto name = path.string() + suffix;
        if (files->xFullPathname(files, name.c_str(), static_cast<int>(full.size()), full.data()) != SQLITE_OK)
            continue;
        files->xDelete(files, full.c_str(), 0);  // one that is not there is as good as deleted
    }
}

}  // namespace leftfold::inline v0::sqlite
