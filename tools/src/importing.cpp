#include "importing.hpp"

#include <fmt/format.h>

#include <istream>
#include <vector>

#include "cause_of.hpp"
#include "cloud_event.hpp"
#include "integrity.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "sqlite/store_copy.hpp"
#include "sqlite/store_lock.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t rows_a_transaction = 4'096;

/// The lines of an export, counted, so that an error can name the one that is wrong.
class line_reader {
public:
    explicit line_reader(std::istream& in) : in_(in) {}

    bool next() {
        if (!std::getline(in_, line_)) return false;
        ++number_;
        return true;
    }

    template <class Parse>
    auto as(Parse parse) const {
        try {
            return parse(std::string_view(line_));
        } catch (const error& e) {
            throw error(e.kind(), fmt::format("importing line {}: {}", number_, cause_of(e)));
        }
    }

    [[noreturn]] void refuse(errc code, const std::string& why) const {
        throw error(code, fmt::format("importing line {}: {}", number_, why));
    }

private:
    std::istream& in_;
    std::string line_;
    std::int64_t number_ = 0;
};

/// Fills one partition of a new store: checks that what comes goes on from where it stands, chains it, and stores it in
/// pages.
class partition_filler {
public:
    partition_filler(store_copy& copy, partition_id partition)
        : copy_(copy), partition_(partition), next_(offset{1}), chain_(copy.head(partition).chain) {}

    offset next() const { return next_; }

    void add(recorded_event event) {
        event.partition = partition_;
        event.at = next_;
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
    chain_hash chain_;
    chain_hasher hasher_;
    std::vector<recorded_event> page_;
};

/// Makes the exported store anew at `target`, positions and all.
std::int64_t migrate(line_reader& lines, const export_header& header, const fs::path& target, const console& on) {
    store_copy copy(target, open_mode::create, header.partitions, {.id = header.store});
    std::vector<partition_filler> fillers;
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
        if (event.at != filler.next())
            lines.refuse(errc::corrupt, fmt::format("offset {} of partition {} is missing", filler.next().value(),
                                                    event.partition.value()));
        filler.add(std::move(event));
        bar.show(++events, all);
    }
    for (std::uint32_t p = 0; p != header.partitions; ++p) {
        fillers[p].flush();
        if (copy.head(partition_id(p)).at != header.up_to.at(partition_id(p)))
            lines.refuse(errc::corrupt, fmt::format("the input ends before offset {} of partition {}",
                                                    header.up_to.at(partition_id(p)).value(), p));
    }
    copy.finish();
    return events;
}

/// Copies the store at `from` into one with another number of partitions, in recorded order, so that times rise in
/// each.
void repartition(const fs::path& from, const fs::path& target, std::uint32_t partitions) {
    auto source = open_sqlite(from, {.access = access::read_only, .mode = open_mode::open_existing});
    store_copy copy(target, open_mode::create, partitions, {.id = source.id()});
    std::vector<partition_filler> fillers;
    for (std::uint32_t p = 0; p != partitions; ++p) fillers.emplace_back(copy, partition_id(p));
    source.read_all(cut(source.partitions()), source.heads(), {}, payloads::read, [&](const event_view& event) {
        fillers[partition_for(routing_key(event.key), partitions).value()].add(recorded_event(event));
        return true;
    });
    for (auto& filler : fillers) filler.flush();
    copy.finish();
}

/// Appends a partial export under its events' own ids: importing it twice adds nothing.
std::int64_t append_all(line_reader& lines, const fs::path& target, std::uint32_t partitions, const console& on) {
    auto store = open_sqlite(target, {.partitions = partitions});
    progress_bar bar(on, "importing");
    std::int64_t events = 0;
    while (lines.next()) {
        auto event = lines.as(parse_event);
        std::vector<event_data> one;
        one.emplace_back(event.type, event.payload, event.metadata, event.occurred, event.id);
        if (!store.append(event.stream, expected_version::any(), std::move(one))->repeated) ++events;
        bar.show(events, 0);
    }
    store.close();
    return events;
}

/// Removes what a failed import made, unless there was something before.
class undo_on_failure {
public:
    explicit undo_on_failure(fs::path made) : made_(std::move(made)), was_there_(fs::exists(made_)) {}
    ~undo_on_failure() {
        std::error_code ignored;
        if (!kept_ && !was_there_) fs::remove_all(made_, ignored);
    }
    undo_on_failure(const undo_on_failure&) = delete;
    undo_on_failure& operator=(const undo_on_failure&) = delete;
    void keep() { kept_ = true; }

private:
    fs::path made_;
    bool was_there_;
    bool kept_ = false;
};

}  // namespace

import_report import_events(const fs::path& target, const import_options& options, const console& on) {
    if (options.partitions && *options.partitions < 1)
        throw error(errc::invalid_argument, "importing into no partitions");
    undo_on_failure undo(target);
    fs::create_directories(target);
    auto lock = std::make_unique<sqlite::store_lock>(
        "", target);  // before the first line is read: its writer may be long at work
    line_reader lines(on.in);
    if (!lines.next()) lines.refuse(errc::invalid_event, "there is no input");
    const auto header = lines.as(parse_header);
    lock.reset();

    import_report report{.complete = header.complete};
    const auto partitions = options.partitions.value_or(header.partitions);
    if (!header.complete) {
        report.events = append_all(lines, target, partitions, on);
    } else if (partitions == header.partitions) {
        report.events = migrate(lines, header, target, on);
    } else {
        const fs::path between = target.string() + ".importing";
        undo_on_failure remove_between(between);
        report.events = migrate(lines, header, between, on);
        repartition(between, target, partitions);
    }
    undo.keep();
    return report;
}

}  // namespace leftfold::inline v0::tools
