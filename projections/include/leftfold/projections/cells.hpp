#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leftfold::inline v0::detail {

/// Takes the values of a row, or of the parameters of a statement, one after another: what SQLite can hold, and no
/// more.
class cell_writer {
public:
    virtual ~cell_writer() = default;

    virtual void null() = 0;
    virtual void integer(std::int64_t value) = 0;
    virtual void real(double value) = 0;
    /// The bytes must stay until the statement has run.
    virtual void text(std::string_view value) = 0;
    virtual void blob(std::string_view value) = 0;

    /// Returns an empty string that stays until the statement has run, for text that has to be made first.
    virtual std::string& scratch() = 0;
};

/// Hands values on, and keeps the bytes of those that are gone before the statement has run.
class keeping_cells final : public cell_writer {
public:
    explicit keeping_cells(cell_writer& to) : to_(to) {}

    void null() override { to_.null(); }
    void integer(std::int64_t value) override { to_.integer(value); }
    void real(double value) override { to_.real(value); }
    void text(std::string_view value) override { to_.text(kept(value)); }
    void blob(std::string_view value) override { to_.blob(kept(value)); }
    std::string& scratch() override { return to_.scratch(); }

private:
    std::string_view kept(std::string_view value) { return to_.scratch() = value; }

    cell_writer& to_;
};

/// Gives the values of a row, one after another. A value that is not of the kind asked for throws errc::corrupt.
class cell_reader {
public:
    virtual ~cell_reader() = default;

    /// Passes a NULL if that is what comes, and says so.
    virtual bool null() = 0;
    virtual std::int64_t integer() = 0;
    virtual double real() = 0;
    /// The bytes stay until the next row.
    virtual std::string_view text() = 0;
    virtual std::string_view blob() = 0;
};

/// Takes values and keeps none: to learn whether they can be kept.
class cell_check final : public cell_writer {
public:
    void null() override {}
    void integer(std::int64_t) override {}
    void real(double) override {}
    void text(std::string_view) override {}
    void blob(std::string_view) override {}
    std::string& scratch() override {
        scratch_.clear();
        return scratch_;
    }

private:
    std::string scratch_;
};

}  // namespace leftfold::inline v0::detail
