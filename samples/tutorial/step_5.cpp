#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/storage/sqlite_store.hpp>

#include "loans.hpp"

int main() {
    auto store = leftfold::open_sqlite("library.store");
    leftfold::repository<book> books{store};
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<loans>({.database = "library.views.db"});
    engine.start();

    const leftfold::recorded_at monday = store.closed();
    books.execute("dune", [](book& b) { b.take_back(); });
    const auto done = books.execute("dune", [](book& b) { b.lend_to("Cleo"); });
    engine.wait_for(done.position);

    std::cout << "dune is with " << books.load("dune")->reader() << '\n';
    std::cout << "on Monday it was with " << books.as_of("dune", monday)->reader() << '\n';
    std::cout << "at its first event, with " << books.at_version("dune", leftfold::version{1})->reader() << '\n';

    std::cout << "all loans on Monday:\n";
    for (const auto& each : read.rows.as_of(monday).all()) std::cout << "  " << each.book << ' ' << each.reader << '\n';
}
