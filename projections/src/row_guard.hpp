#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "leftfold/projections/cells.hpp"

namespace leftfold::inline v0::detail {

/// What a write side is besides, where not every row may be written.
class row_guard {
public:
    virtual ~row_guard() = default;
    /// Throws when a row under this key, a number's digits or a text itself, does not belong there.
    virtual void check(std::string_view table, std::string_view key) = 0;
};

/// Takes one cell of a row as text, that of a number or a text itself.
class cell_text final : public cell_writer {
public:
    explicit cell_text(std::size_t column) : wanted_(column) {}

    void null() override { ++at_; }
    void integer(std::int64_t value) override { take(std::to_string(value)); }
    void real(double) override { ++at_; }
    void text(std::string_view value) override { take(std::string(value)); }
    void blob(std::string_view) override { ++at_; }
    std::string& scratch() override { return scratch_; }

    const std::string& text() const { return text_; }

private:
    void take(std::string value) {
        if (at_++ == wanted_) text_ = std::move(value);
        scratch_.clear();
    }

    std::size_t wanted_;
    std::size_t at_ = 0;
    std::string text_;
    std::string scratch_;
};

}  // namespace leftfold::inline v0::detail
