// starter                    shows what is in stock
// starter ARTICLE PIECES     receives that many, or takes them when the number is negative, and shows
// starter --as-of TIME       shows what was in stock then
#include <charconv>
#include <cstdint>
#include <exception>
#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/storage/sqlite_store.hpp>
#include <stdexcept>
#include <string>
#include <system_error>

#include "levels.hpp"
#include "stock.hpp"

namespace {

void show(const level& row) { std::cout << row.article << ' ' << row.pieces << '\n'; }

std::int64_t number(const std::string& text) {
    std::int32_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc{} || stopped != end) throw std::invalid_argument(text + " is not a number of pieces");
    return value;
}

void run(const std::string& first, const std::string& second) {
    auto store = leftfold::open_sqlite("starter.store");
    leftfold::repository<stock> articles{store};
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<levels>({.database = "starter.views.db"});

    if (!first.empty() && first != "--as-of") {
        const auto pieces = number(second);
        articles.execute(first, [pieces](stock& article) {
            if (pieces < 0)
                article.take(-pieces);
            else
                article.receive(pieces);
        });
    }
    engine.catch_up();  // a program that stays calls engine.start(), and wait_for() to read what it just wrote
    if (first == "--as-of")
        read.rows.as_of(leftfold::recorded_at{leftfold::parse_time(second)}).for_each(show);
    else
        read.rows.for_each(show);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 1 && argc != 3) {
        std::cerr << "usage: starter [ARTICLE PIECES | --as-of TIME]\n";
        return 2;
    }
    try {
        run(argc == 3 ? argv[1] : "", argc == 3 ? argv[2] : "");
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "starter: " << e.what() << '\n';
        return 1;
    }
}
