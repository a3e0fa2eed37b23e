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

    const auto done = books.execute("dune", [](book& b) { b.lend_to("Ben"); });
    engine.wait_for(done.position);

    for (const auto& each : read.rows.where<&loan::reader>("Ben")) std::cout << "Ben has " << each.book << '\n';
}
