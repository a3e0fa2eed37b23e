#pragma once

#include <exception>
#include <memory>
#include <vector>

#include "historic_table.hpp"
#include "leftfold/storage/moment.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0::detail {

/// Decides about the times that SQL asks for.
class as_of_gate {
public:
    virtual ~as_of_gate() = default;

    /// What `2 hours ago` is measured from.
    virtual instant now() const = 0;
    /// Throws what keeps the table's rows as of that time from being given: errc::not_yet, before_history, behind.
    virtual void pass(const historic_table& table, recorded_at when) = 0;
    /// The same for a moment: also errc::other_history.
    virtual void pass(const historic_table& table, const moment& then) = 0;
};

/// The functions that a connection to a database of read models gets: `balances_as_of(time)` for a table `balances`
/// with history, each an eponymous virtual table with the table's columns. The time is text as parse_asked_time reads
/// it, a moment as to_string(moment) writes it, or microseconds since 1970 as the table's own time columns have them.
/// An equality with the key is pushed down.
///
/// Must live as long as the connection, which is used from one thread at a time.
class as_of_functions {
public:
    as_of_functions(sqlite::connection& to, std::vector<historic_table> tables, as_of_gate& gate);
    ~as_of_functions();
    as_of_functions(const as_of_functions&) = delete;
    as_of_functions& operator=(const as_of_functions&) = delete;

    /// What made the last statement fail, if it was one of the functions: SQLite carries only its text. Forgets it.
    std::exception_ptr take_failure();

    struct function;

private:
    std::vector<std::unique_ptr<function>> all_;
    std::exception_ptr failure_;
};

}  // namespace leftfold::inline v0::detail
