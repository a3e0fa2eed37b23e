#include "importing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cause_of.hpp"
#include "cloud_event.hpp"
#include "file_failure.hpp"
#include "integrity.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "sqlite/store_copy.hpp"
#include "sqlite/store_lock.hpp"
#include "sqlite/unfinished_copy.hpp"
#include "stream_id_hash.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t rows_a_transaction = 4'096;

/// The longest line of an import: an event of the default limits takes a hundredth of it, in base64.
constexpr std::size_t line_bytes_max = 256UL << 20;

/// The lines of an export, counted, so that an error can name the one that is wrong.
class line_reader {
public:
    explicit line_reader(std::istream& in) : in_(in) {}

    /// Reads the next line; false at the end. Throws errc::io_error, and invalid_event for a line beyond all bounds.
    bool next() {
        line_.clear();
        ++number_;
        for (;;) {
            in_.getline(part_.data(), static_cast<std::streamsize>(part_.size()));
            const auto got = static_cast<std::size_t>(in_.gcount());
            if (in_.bad()) refuse(errc::io_error, "reading fails");
            if (in_.eof()) {
                line_.append(part_.data(), got);
                return !line_.empty();
            }
            if (!in_.fail()) {  // the line's end was read, and counted
                line_.append(part_.data(), got - 1);
                return true;
            }
            line_.append(part_.data(), got);
            if (line_.size() > line_bytes_max) refuse(errc::invalid_event, "it does not end");
            in_.clear(in_.rdstate() & ~std::ios::failbit);
        }
    }

    /// Gives the line to what reads or stores it, and names the line in its errors.
    template <class Use>
    auto as(Use use) const {
        try {
            return use(std::string_view(line_));
        } catch (const error& e) {
            throw error(refusal(e.kind()), fmt::format("importing line {}: {}", number_, cause_of(e)));
        }
    }

    [[noreturn]] void refuse(errc code, const std::string& why) const {
        throw error(code, fmt::format("importing line {}: {}", number_, why));
    }

private:
    /// A wrong name or time on a line is the line's mistake, not one of the words that called the command.
    static errc refusal(errc code) {
        const bool is_of_the_line =
            code == errc::invalid_argument || code == errc::invalid_name || code == errc::invalid_utf8;
        return is_of_the_line ? errc::invalid_event : code;
    }

    std::istream& in_;
    std::vector<char> part_ = std::vector<char>(1UL << 16);
    std::string line_;
    std::int64_t number_ = 0;
};

/// What one partition of an export has said by now, to know what may come next. Some 30 bytes a stream, 16 an event.
class partition_story {
public:
    version next(const stream_id& stream) const {
        const auto found = versions_.find(stream_id_hash{}(stream));
        return version(found == versions_.end() ? 1 : found->second + 1);
    }
    void add(const recorded_event& event) {
        versions_[stream_id_hash{}(event.stream)] = event.version.value();
        ids_.push_back(event.id);
    }
    /// Returns an id that came twice, if any did. At the end: it sorts them.
    std::optional<event_id> repeated() {
        std::sort(ids_.begin(), ids_.end());
        const auto found = std::adjacent_find(ids_.begin(), ids_.end());
        return found == ids_.end() ? std::nullopt : std::optional(*found);
    }

private:
    std::unordered_map<std::size_t, std::int64_t> versions_;  // by the stream's hash
    std::vector<event_id> ids_;
};

/// Fills one partition of a new store: checks that what comes goes on from where it stands, chains it, and stores it in
/// pages.
class partition_filler {
public:
    partition_filler(store_copy& copy, partition_id partition)
        : copy_(copy), partition_(partition), next_(offset{1}), chain_(copy.head(partition).chain) {}

    offset next() const { return next_; }
    recorded_at last_recorded() const { return last_recorded_; }

    void add(recorded_event event) {
        event.partition = partition_;
        event.at = next_;
        last_recorded_ = event.recorded;
        auto view = event.view();
        event.integrity.chain = view.integrity.chain = chain_ = hasher_.next(chain_, view);
        seal(view);
        event.integrity = view.integrity;
        next_ = next_.next();
        page_.push_back(std::move(event));
        if (page_.size() == rows_a_transaction) flush();
    }

    void flush() {
        std::vector<event_view> views;
        for (const auto& event : page_) views.push_back(event.view());
        if (!views.empty()) copy_.append(partition_, views);
        page_.clear();
    }

private:
    store_copy& copy_;
    partition_id partition_;
    offset next_;
    recorded_at last_recorded_ = recorded_at::min();
    chain_hash chain_;
    chain_hasher hasher_;
    std::vector<recorded_event> page_;
};

/// Checks that an event can stand next in its partition.
void check_place(const line_reader& lines, const recorded_event& event, const partition_filler& filler,
                 const partition_story& story, std::uint32_t partitions) {
    if (event.at != filler.next())
        lines.refuse(errc::corrupt, fmt::format("offset {} of partition {} is missing", filler.next().value(),
                                                event.partition.value()));
    if (partition_for(routing_key(event.stream.key()), partitions) != event.partition)
        lines.refuse(errc::invalid_event, "its stream belongs to another partition");
    if (event.recorded <= filler.last_recorded())
        lines.refuse(errc::invalid_event, "it was recorded before the event before it");
    if (const auto next = story.next(event.stream); event.version != next)
        lines.refuse(errc::invalid_event, fmt::format("its version is {}, and its stream goes on with {}",
                                                      event.version.value(), next.value()));
}

/// Fills a new store with the exported one, positions and all.
std::int64_t migrate(line_reader& lines, const export_header& header, store_copy& copy, const console& on) {
    std::vector<partition_filler> fillers;
    std::vector<partition_story> stories(header.partitions);
    std::int64_t all = 0;
    for (std::uint32_t p = 0; p != header.partitions; ++p) {
        fillers.emplace_back(copy, partition_id(p));
        all += header.up_to.at(partition_id(p)).value();
    }
    progress_bar bar(on, "importing");
    std::int64_t events = 0;
    while (lines.next()) {
        auto event = lines.as(parse_event);
        if (event.partition.value() >= header.partitions) lines.refuse(errc::corrupt, "there is no such partition");
        auto& filler = fillers[event.partition.value()];
        auto& story = stories[event.partition.value()];
        check_place(lines, event, filler, story, header.partitions);
        story.add(event);
        filler.add(std::move(event));
        bar.show(++events, all);
    }
    for (std::uint32_t p = 0; p != header.partitions; ++p) {
        fillers[p].flush();
        if (copy.head(partition_id(p)).at != header.up_to.at(partition_id(p)))
            lines.refuse(errc::corrupt, fmt::format("the input ends before offset {} of partition {}",
                                                    header.up_to.at(partition_id(p)).value(), p));
        if (const auto id = stories[p].repeated())
            throw error(errc::invalid_event,
                        fmt::format("importing: event id {} comes twice in partition {}", to_string(*id), p));
    }
    copy.finish();
    return events;
}

/// Copies the store at `from` into one with another number of partitions, in recorded order, so that times rise in
/// each.
void repartition(const fs::path& from, store_copy& copy) {
    auto source = open_sqlite(from, {.access = access::read_only, .mode = open_mode::open_existing});
    const auto partitions = copy.partitions();
    std::vector<partition_filler> fillers;
    for (std::uint32_t p = 0; p != partitions; ++p) fillers.emplace_back(copy, partition_id(p));
    source.read_all(cut(source.partitions()), source.heads(), {}, payloads::read, [&](const event_view& event) {
        fillers[partition_for(routing_key(event.key), partitions).value()].add(recorded_event(event));
        return true;
    });
    for (auto& filler : fillers) filler.flush();
}

/// Appends a partial export under its events' own ids: importing it twice adds nothing.
std::int64_t append_all(line_reader& lines, event_store& store, const console& on) {
    progress_bar bar(on, "importing");
    std::int64_t events = 0;
    while (lines.next()) {
        auto event = lines.as(parse_event);
        std::vector<event_data> one;
        one.emplace_back(event.type, event.payload, event.metadata, event.occurred, event.id);
        const auto done = lines.as([&](std::string_view) {
            return store.append(event.stream, expected_version::any(), std::move(one)).value();
        });
        if (!done.repeated) ++events;
        bar.show(events, 0);
    }
    return events;
}

/// Where a complete export is stored first when it is to be spread over another number of partitions.
fs::path between_in(const fs::path& target) { return target / "importing"; }

/// Makes the exported store anew at `target`. Until all of it is there, nothing there can be opened as a store.
std::int64_t import_whole(line_reader& lines, const export_header& header, const fs::path& target,
                          std::uint32_t partitions, const console& on) {
    const store_identity identity{.id = header.store};
    store_copy copy(target, open_mode::create, partitions, identity);
    fs::remove_all(between_in(target));
    if (partitions == header.partitions) return migrate(lines, header, copy, on);
    std::int64_t events = 0;
    {
        store_copy between(between_in(target), open_mode::create, header.partitions, identity);
        events = migrate(lines, header, between, on);
    }
    repartition(between_in(target), copy);
    fs::remove_all(between_in(target));
    copy.finish();
    return events;
}

/// Removes what a failed import made, and nothing of a store that is there by another's doing: before this import, or
/// beside it.
class undo_on_failure {
public:
    explicit undo_on_failure(fs::path target) : target_(std::move(target)), was_there_(fs::exists(target_)) {}
    ~undo_on_failure() {
        if (kept_) return;
        std::error_code ignored;
        try {
            const sqlite::store_lock lock("", target_);  // whoever has it is at work there
            if (fs::exists(target_ / sqlite::manifest_name) && !made_store_) return;
            if (!made_store_) sqlite::forget_copy(target_);
            fs::remove_all(between_in(target_), ignored);
            if (!was_there_) fs::remove_all(target_, ignored);
        } catch (const error&) {
        }
    }
    undo_on_failure(const undo_on_failure&) = delete;
    undo_on_failure& operator=(const undo_on_failure&) = delete;
    /// The store at the target is this import's own, and nobody has acknowledged it to anybody yet.
    void made_store() { made_store_ = true; }
    void keep() { kept_ = true; }

private:
    fs::path target_;
    bool was_there_;
    bool made_store_ = false;
    bool kept_ = false;
};

void make_directory(const fs::path& target) {
    std::error_code failed;
    fs::create_directories(target, failed);
    if (failed) fail(failed, "making", target);
}

}  // namespace

import_report import_events(const fs::path& target, const import_options& options, const console& on) {
    if (options.partitions && *options.partitions > partitions_max)
        throw error(errc::invalid_argument, fmt::format("importing into {} partitions, where 1 to {} are possible",
                                                        *options.partitions, partitions_max));
    undo_on_failure undo(target);
    make_directory(target);
    // Before the first line is read: its writer may be long at work.
    auto lock = std::make_unique<sqlite::store_lock>("", target);
    line_reader lines(on.in);
    if (!lines.next()) lines.refuse(errc::invalid_event, "there is no input");
    const auto header = lines.as(parse_header);
    const bool had_store = fs::exists(target / sqlite::manifest_name);
    lock.reset();

    import_report report{.complete = header.complete};
    const auto partitions = static_cast<std::uint32_t>(options.partitions.value_or(header.partitions));
    if (header.complete) {
        report.events = import_whole(lines, header, target, partitions, on);
    } else {
        auto store = open_sqlite(target, {.partitions = partitions});
        if (!had_store && store.heads() == cut(store.partitions())) undo.made_store();
        report.events = append_all(lines, store, on);
        store.close();
    }
    undo.keep();
    return report;
}

}  // namespace leftfold::inline v0::tools
