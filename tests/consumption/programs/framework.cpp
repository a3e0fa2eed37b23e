// A program of leftfold::framework: an aggregate and its repository over a store in memory.
#include <bank/account.hpp>
#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/storage/memory_store.hpp>

int main() {
    leftfold::event_store store = leftfold::open_memory();
    leftfold::repository<bank::account> accounts{store};
    accounts.execute("alice", [](bank::account& a) { a.deposit(50); });
    std::cout << accounts.load("alice")->balance() << " cents\n";
}
