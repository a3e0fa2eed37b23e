#include "sqlite/run_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

/// How much one step() does: about a MiB of blocks written, or half as many rows deleted.
constexpr int sections_per_step = 4;
constexpr std::int64_t rows_dropped_per_step = 512;

std::shared_ptr<const loaded_run> load_run(run_file& file, const run_row& row) {
    auto loaded = std::make_shared<loaded_run>();
    loaded->row = row;
    for (const auto kind : run_part_kinds) {
        const auto i = static_cast<unsigned>(kind);
        auto half = file.load(row.run, kind);
        std::int64_t entries = 0;
        for (const auto& section : half.part.sections) entries += section.entries;
        if (entries != row.entries[i] || std::ssize(half.part.sections) != row.sections[i] ||
            half.content != row.content[i]) {
            throw error(errc::corrupt, fmt::format("reading run {} of the index: it is not whole", row.run));
        }
        loaded->parts[i] = std::move(half.part);
    }
    return loaded;
}

/// Fills in what a complete run says of its halves.
void sum_up(run_row& row, const std::array<run_part, 2>& parts, const run_file_output& output) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        row.entries[i] = 0;
        for (const auto& section : parts[i].sections) row.entries[i] += section.entries;
        row.sections[i] = std::ssize(parts[i].sections);
    }
    row.content = output.content;
    row.state = run_state::live;
    if (!row.is_complete()) {
        throw error(errc::corrupt, fmt::format("writing run {} of the index: {} and {} entries for {} events", row.run,
                                               row.entries[0], row.entries[1], row.to.value() - row.after.value()));
    }
}

}  // namespace

run_list load_live_runs(run_file& file, const run_list& known) {
    run_list live;
    auto to = file.begin_after();
    for (const auto& row : file.runs()) {
        if (row.state != run_state::live) continue;
        if (row.after != to || row.to <= row.after || !row.is_complete())
            throw error(errc::corrupt, fmt::format("reading run {} of the index: runs do not join", row.run));
        to = row.to;
        const auto same = std::ranges::find_if(known, [&](const auto& one) { return one->row.run == row.run; });
        live.push_back(same != known.end() ? *same : load_run(file, row));
    }
    return live;
}

void bound_filters(run_list& runs, std::size_t bytes) {
    std::size_t used = 0;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        std::size_t wanted = 0;
        for (const auto& part : (*run)->parts) {
            for (const auto& section : part.sections) wanted += section.filter.bytes().size();
        }
        used += wanted;
        if (used <= bytes || wanted == 0) continue;
        auto without = std::make_shared<loaded_run>(**run);
        for (auto& part : without->parts) {
            for (auto& section : part.sections) section.filter = {};
        }
        *run = std::move(without);
    }
}

run_set::run_set(const std::filesystem::path& path, const run_file_options& options, const merge_policy& policy,
                 std::size_t filter_bytes)
    : file_(path, options), policy_(policy), filter_bytes_(filter_bytes), live_(load_live_runs(file_)) {
    bound_filters(live_, filter_bytes_);
    for (const auto& row : file_.runs()) {
        next_run_ = std::max(next_run_, row.run + 1);
        if (row.state == run_state::dropped) dropped_.push_back(row.run);
        if (row.state == run_state::building) {
            if (building_) throw error(errc::corrupt, "reading the index: two merges at a time");
            building_ = row;
        }
    }
}

void run_set::flush(const recent_entries& entries) {
    LEFTFOLD_ASSERT(entries.after() == to() && entries.size() > 0);
    auto made = std::make_shared<loaded_run>();
    made->row = {.run = next_run_, .after = entries.after(), .to = entries.to(), .chain = entries.chain()};
    transaction writing(file_.database());
    run_file_output output(file_);
    for (const auto kind : run_part_kinds) {
        run_part_writer writer(next_run_, kind);
        for (const auto& entry : entries.sorted(kind)) writer.add(entry, output);
        writer.finish(output);
        made->parts[static_cast<unsigned>(kind)] = writer.take_part();
    }
    sum_up(made->row, made->parts, output);
    file_.put(made->row);
    writing.commit();
    ++next_run_;
    live_.push_back(std::move(made));
    bound_filters(live_, filter_bytes_);
}

bool run_set::step() {
    if (building_) {
        step_merge();
        return true;
    }
    if (!dropped_.empty()) {
        transaction writing(file_.database());
        const bool more = file_.drop(dropped_.front(), rows_dropped_per_step);
        writing.commit();
        if (!more) dropped_.pop_front();
        return true;
    }
    return begin_merge();
}

/// Notes in the file which runs become one.
bool run_set::begin_merge() {
    std::vector<std::int64_t> sizes;
    for (const auto& run : live_) sizes.push_back(run->row.entries[0]);
    const auto window = choose_merge(sizes, policy_);
    if (!window) return false;
    const auto& newest = live_[window->first + window->count - 1]->row;
    const run_row row{
        .run = next_run_, .after = live_[window->first]->row.after, .to = newest.to, .chain = newest.chain};
    transaction writing(file_.database());
    file_.put(row);
    writing.commit();
    ++next_run_;
    building_ = row;
    return true;
}

run_list run_set::inputs_of(const run_row& row) const {
    run_list inputs;
    for (const auto& run : live_) {
        if (run->row.after >= row.after && run->row.to <= row.to) inputs.push_back(run);
    }
    if (inputs.empty() || inputs.front()->row.after != row.after || inputs.back()->row.to != row.to)
        throw error(errc::corrupt, fmt::format("merging into run {} of the index: its inputs are gone", row.run));
    return inputs;
}

/// Takes up the merge that the file knows of, after the last section that was committed.
void run_set::resume_merge() {
    merge_ = std::make_unique<merge>(
        merge{.row = *building_, .inputs = inputs_of(*building_), .output = run_file_output(file_)});
    for (const auto kind : run_part_kinds) {
        const auto i = static_cast<unsigned>(kind);
        auto half = file_.load(building_->run, kind);
        merge_->output.content[i] = half.content;
        merge_->done[i] = std::move(half.part);
        if (!merge_->done[i].sections.empty()) merge_->part = i;
    }
}

void run_set::step_merge() {
    try {
        if (!merge_) resume_merge();
        transaction writing(file_.database());
        for (int i = 0; i < sections_per_step && merge_->part < merge_->done.size(); ++i) step_part();
        const bool finished = merge_->part == merge_->done.size();
        if (finished) finish_merge();
        writing.commit();
        if (!finished) return;
    } catch (...) {
        merge_.reset();  // it may be ahead of the file
        throw;
    }
    auto made = std::make_shared<loaded_run>();
    made->row = merge_->row;
    made->parts = std::move(merge_->done);
    const auto first =
        std::ranges::find(live_, merge_->inputs.front()->row.run, [](const auto& run) { return run->row.run; });
    const auto place = live_.erase(first, first + std::ssize(merge_->inputs));
    live_.insert(place, std::move(made));
    bound_filters(live_, filter_bytes_);
    for (const auto& input : merge_->inputs) dropped_.push_back(input->row.run);
    merge_.reset();
    building_.reset();
}

/// Goes on with the half that is being merged; at its end, moves to the next.
void run_set::step_part() {
    const auto i = merge_->part;
    const auto kind = static_cast<run_part_kind>(i);
    if (!merge_->running) {
        std::vector<const run_part*> inputs;
        for (const auto& input : merge_->inputs) inputs.push_back(&input->parts[i]);
        merge_->running.emplace(std::move(inputs), run_part_writer(merge_->row.run, kind, std::move(merge_->done[i])));
    }
    const auto blocks = [&](std::size_t input, std::uint32_t number) {
        return file_.block({merge_->inputs[input]->row.run, kind, number});
    };
    if (merge_->running->step(blocks, merge_->output)) return;
    merge_->done[i] = merge_->running->take_part();
    merge_->running.reset();
    ++merge_->part;
}

/// Puts the new run in the place of its inputs, in the file.
void run_set::finish_merge() {
    sum_up(merge_->row, merge_->done, merge_->output);
    file_.put(merge_->row);
    for (const auto& input : merge_->inputs) {
        auto row = input->row;
        row.state = run_state::dropped;
        file_.put(row);
    }
}

}  // namespace leftfold::inline v0::sqlite
