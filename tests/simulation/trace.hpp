#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace leftfold::simulation {

/// What happened in a run, folded into one number: runs with the same digest did the same things in the same order.
///
/// The last lines are kept for whoever looks at a failure; with LEFTFOLD_SIMULATION_TRACE set, every line is printed.
class trace {
public:
    trace();

    /// Notes a step: a constant name and up to three numbers.
    void note(std::string_view what, std::int64_t a = 0, std::int64_t b = 0, std::int64_t c = 0);

    std::uint64_t digest() const { return digest_; }
    /// The last lines, the oldest first.
    std::string tail() const;

private:
    struct line {
        std::string_view what;
        std::array<std::int64_t, 3> numbers{};
    };
    static std::string text(const line& of);

    std::uint64_t digest_ = 0xcbf29ce484222325U;  // FNV-1a
    std::uint64_t count_ = 0;
    std::array<line, 64> last_{};
    bool is_printed_;
};

}  // namespace leftfold::simulation
