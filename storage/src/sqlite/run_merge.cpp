#include "sqlite/run_merge.hpp"

#include <algorithm>
#include <utility>

namespace leftfold::inline v0::sqlite {

namespace {

/// How often the smallest size must be multiplied by fan_in to pass the run's.
int class_of(std::int64_t entries, const merge_policy& policy) {
    int size_class = 0;
    const auto factor = static_cast<std::int64_t>(policy.fan_in);
    for (auto rest = entries / policy.smallest; rest >= factor; rest /= factor) ++size_class;
    return size_class;
}

}  // namespace

std::optional<run_window> choose_merge(std::span<const std::int64_t> entries, const merge_policy& policy) {
    if (entries.size() < policy.fan_in) return std::nullopt;
    int greatest = 0;
    for (const auto run : entries) greatest = std::max(greatest, class_of(run, policy));
    for (int size_class = 0; size_class <= greatest; ++size_class) {
        std::size_t count = 0;  // of the newest runs, none of them larger than the class
        std::size_t of_class = 0;
        for (auto run = entries.rbegin(); run != entries.rend() && class_of(*run, policy) <= size_class; ++run) {
            ++count;
            if (class_of(*run, policy) == size_class) ++of_class;
        }
        if (of_class >= policy.fan_in) return run_window{entries.size() - count, count};
    }
    return std::nullopt;
}

part_merge::part_merge(std::vector<const run_part*> inputs, run_part_writer writer) : writer_(std::move(writer)) {
    const auto& written = writer_.part().sections;
    const auto after = written.empty() ? std::nullopt : std::optional(written.back().last);
    inputs_.reserve(inputs.size());
    for (const auto* input : inputs) inputs_.emplace_back(*input, after);
}

bool part_merge::step(input_blocks blocks, run_output& output) {
    const auto before = writer_.part().sections.size();
    while (writer_.part().sections.size() == before) {
        const run_entry* least = nullptr;
        run_cursor* from = nullptr;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            const auto* const next = inputs_[i].current([&](std::uint32_t number) { return blocks(i, number); });
            if (next != nullptr && (least == nullptr || *next < *least)) {
                least = next;
                from = &inputs_[i];
            }
        }
        if (from == nullptr) {
            writer_.finish(output);
            return false;
        }
        writer_.add(*least, output);
        from->advance();
    }
    return true;
}

}  // namespace leftfold::inline v0::sqlite
