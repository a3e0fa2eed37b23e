#include "sqlite/run_writer.hpp"

#include <utility>

namespace leftfold::inline v0::sqlite {

run_part_writer::run_part_writer(std::int64_t run, run_part_kind part, run_part begun)
    : run_(run), kind_(part), part_(std::move(begun)) {}

void run_part_writer::add(const run_entry& entry, run_output& output) {
    if (!block_.empty() && !block_.has_room()) finish_block(output);
    if (block_.empty()) section_.fences.push_back(entry);
    if (keys_.empty() || section_.last.key != entry.key) keys_.push_back(entry.key.mixed());
    block_.add(entry);
    section_.last = entry;
    ++section_.entries;
}

void run_part_writer::finish_block(run_output& output) {
    const auto number = part_.sections.size() * section_blocks + section_.fences.size() - 1;
    output.put_block({run_, kind_, static_cast<std::uint32_t>(number)}, block_.take());
    if (section_.fences.size() == section_blocks) finish_section(output);
}

void run_part_writer::finish_section(run_output& output) {
    section_.filter = run_filter::of(keys_);
    output.put_section({run_, kind_, static_cast<std::uint32_t>(part_.sections.size())}, section_);
    part_.sections.push_back(std::exchange(section_, {}));
    keys_.clear();
}

void run_part_writer::finish(run_output& output) {
    if (!block_.empty()) finish_block(output);
    if (!section_.fences.empty()) finish_section(output);
}

}  // namespace leftfold::inline v0::sqlite
