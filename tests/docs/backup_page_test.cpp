// The snippets of docs/backup.md.
#include <gtest/gtest.h>

#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/temporary_directory.hpp"

namespace backup_page_test {

using leftfold::expected_version;

const leftfold::stream_id alice("account", "alice");

std::vector<leftfold::event_data> deposit() {
    std::vector<leftfold::event_data> events;
    events.emplace_back("bank.deposited", R"({"cents":5})");
    return events;
}

TEST(backup_page, copies_a_live_store_carries_the_copy_on_and_restores_it) {
    const leftfold::test_support::temporary_directory place;
    auto store = leftfold::open_sqlite(place / "bank.store");
    store.append(alice, expected_version::any(), deposit()).value();

    auto copied = leftfold::backup(store, place / "bank.backup");
    store.append(alice, expected_version::any(), deposit()).value();
    auto more = leftfold::backup(store, place / "bank.backup");  // brings what came since
    // …
    EXPECT_EQ(copied.events, 1);
    EXPECT_EQ(more.events, 1);
    store.append(alice, expected_version::any(), deposit()).value();

    leftfold::restore(place / "bank.backup", place / "restored.store");
    auto restored = leftfold::open_sqlite(place / "restored.store");
    EXPECT_EQ(restored.id(), store.id());
    EXPECT_GT(restored.epoch(), store.epoch());
    // …
    EXPECT_EQ(restored.read_stream(alice).size(), 2u);
    EXPECT_EQ(restored.heads(), more.copied);
    EXPECT_THROW(leftfold::restore(place / "bank.backup", place / "restored.store"), leftfold::error);
    restored.append(alice, expected_version::any(), deposit()).value();
    EXPECT_THROW(leftfold::backup(restored, place / "bank.backup"), leftfold::error) << "it is of another history now";
}

}  // namespace backup_page_test
