#pragma once

#include <boost/describe/class.hpp>
#include <leftfold/projections/projection_engine.hpp>
#include <string>

#include "book.hpp"

struct loan {
    std::string book;
    std::string reader;
};
BOOST_DESCRIBE_STRUCT(loan, (), (book, reader))

class loans : public leftfold::projection<loans, lent, returned> {
public:
    static constexpr auto projection_name = "loans";
    leftfold::table<loan, &loan::book> rows{*this, "loans", {.history = true, .indices = {"reader"}}};

    void on(const lent& e, const leftfold::recorded& at) { rows.insert({at.key(), e.reader}); }
    void on(const returned&, const leftfold::recorded& at) { rows.erase(at.key()); }
};
