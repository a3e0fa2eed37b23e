#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <leftfold/projections/projection_engine.hpp>
#include <string>

#include "stock.hpp"

/// What is in stock of each article: a row of an SQL table.
struct level {
    std::string article;
    std::int64_t pieces{};
};
BOOST_DESCRIBE_STRUCT(level, (), (article, pieces))

/// Folds the events of all articles into the table. With its history kept, the table can be asked as of any time.
class levels : public leftfold::projection<levels, received, taken> {
public:
    static constexpr auto projection_name = "levels";
    leftfold::table<level, &level::article> rows{*this, "levels", {.history = true}};

    void on(const received& e, const leftfold::recorded& at) {
        if (!rows.find(at.key())) rows.insert({at.key(), 0});
        rows.at(at.key()).pieces += e.pieces;
    }
    void on(const taken& e, const leftfold::recorded& at) { rows.at(at.key()).pieces -= e.pieces; }
};
