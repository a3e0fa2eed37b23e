// A program of leftfold::storage alone: bytes in a store that lives in memory.
#include <iostream>
#include <leftfold/storage/memory_store.hpp>

int main() {
    leftfold::event_store store = leftfold::open_memory();
    std::vector<leftfold::event_data> events;
    events.emplace_back("bank.account_opened", R"({"owner":"Alice"})");
    const leftfold::stream_id alice("account", "alice");
    if (!store.append(alice, leftfold::expected_version::none(), std::move(events))) return 1;
    std::cout << store.read_stream(alice).size() << " event\n";
}
