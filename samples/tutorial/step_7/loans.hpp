#pragma once

#include <boost/describe/class.hpp>
#include <leftfold/projections/projection_engine.hpp>
#include <string>

#include "book.hpp"

struct loan {
    std::string book;
    std::string reader;
    std::string branch;
};
BOOST_DESCRIBE_STRUCT(loan, (), (book, reader, branch))

class loans : public leftfold::projection<loans, lent, brought_back> {
public:
    static constexpr auto projection_name = "loans";
    leftfold::table<loan, &loan::book> rows{*this, "loans", {.history = true, .indices = {"reader"}}};

    void on(const lent& e, const leftfold::recorded& at) { rows.insert({at.key(), e.reader, e.branch}); }
    void on(const brought_back&, const leftfold::recorded& at) { rows.erase(at.key()); }
};
