// bank_first_page: the page of code in README.md, which quotes it. Keeps its store in the working directory.
#include <iostream>

#include "bank/account.hpp"
#include "bank/read_models.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/sqlite_store.hpp"

using namespace bank;

int main() {
    auto store = leftfold::open_sqlite("bank.store", {.partitions = 4});
    leftfold::repository<account> accounts{store};
    if (!accounts.exists("alice")) accounts.execute("alice", [](account& a) { a.open("Alice"); });
    accounts.execute("alice", [](account& a) { a.deposit(100'00); });
    const leftfold::recorded_at before = store.closed();  // the past up to here is settled, for ever
    const auto done = accounts.execute("alice", [](account& a) { a.withdraw(30'00); });

    leftfold::projection_engine engine{store};
    const auto& read = engine.add<balances>({.database = "bank.views.db"});
    engine.start();
    engine.wait_for(done.position);  // read your own write

    std::cout << "the account: now " << accounts.load("alice")->balance()  // folded from its events
              << ", before the withdrawal " << accounts.as_of("alice", before)->balance() << '\n';
    std::cout << "the table:   now " << read.rows.find("alice")->cents  // looked up in SQL
              << ", before the withdrawal " << read.rows.as_of(before).find("alice")->cents << '\n';
}
