// A program of leftfold::sqlite: the store of a directory, which has one event more after each run.
#include <iostream>
#include <leftfold/storage/sqlite_store.hpp>

int main() {
    const leftfold::stream_id alice("account", "alice");
    {
        leftfold::event_store store = leftfold::open_sqlite("sqlite.store");
        std::vector<leftfold::event_data> events;
        events.emplace_back("bank.deposited", R"({"cents":50})");
        if (!store.append(alice, leftfold::expected_version::any(), std::move(events))) return 1;
    }
    leftfold::event_store again = leftfold::open_sqlite("sqlite.store");
    std::cout << again.read_stream(alice).size() << " event\n";
}
