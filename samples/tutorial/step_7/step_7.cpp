#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/storage/sqlite_store.hpp>

#include "loans.hpp"

int main() {
    auto store = leftfold::open_sqlite("library.store");
    leftfold::repository<book> books{store, {.events = known_events()}};
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<loans>({.database = "library.views.db", .events = known_events()});
    engine.start();

    books.execute("emma", [](book& b) { b.take_back(); });
    const auto done = books.execute("emma", [](book& b) { b.lend_to("Dan", "harbour"); });
    engine.wait_for(done.position);

    for (const auto& each : read.rows.all())
        std::cout << each.book << " is with " << each.reader << ", from the branch " << each.branch << '\n';
    std::cout << "dune at its second event: "
              << (books.at_version("dune", leftfold::version{2})->reader().empty() ? "on the shelf" : "lent") << '\n';
}
