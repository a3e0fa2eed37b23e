#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/cells.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// Takes the cells of a row as text for people: 5, 5.0, "5", x'35', NULL. Two cells have one text only when they are
/// the same.
class shown_cells final : public cell_writer {
public:
    void null() override;
    void integer(std::int64_t value) override;
    void real(double value) override;
    void text(std::string_view value) override;
    void blob(std::string_view value) override;
    std::string& scratch() override;

    const std::vector<std::string>& all() const { return all_; }

private:
    std::vector<std::string> all_;
    std::string scratch_;
};

/// Shows the row that a statement stands at in the same way, all its columns.
std::vector<std::string> show_row(const sqlite::statement& at);

}  // namespace leftfold::inline v0::detail
