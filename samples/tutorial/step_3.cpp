#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/storage/sqlite_store.hpp>

#include "book.hpp"

int main() {
    auto store = leftfold::open_sqlite("library.store");
    leftfold::repository<book> books{store};

    books.execute("dune", [](book& b) { b.lend_to("Ann"); });
    std::cout << "dune is with " << books.load("dune")->reader() << '\n';

    try {
        books.execute("dune", [](book& b) { b.lend_to("Ben"); });
    } catch (const already_lent& refused) {
        std::cout << "not for Ben: " << refused.what() << '\n';
    }

    books.execute("dune", [](book& b) { b.take_back(); });
    books.execute("emma", [](book& b) { b.lend_to("Ben"); });
    std::cout << "dune has " << books.load("dune").version().value() << " events\n";
}
