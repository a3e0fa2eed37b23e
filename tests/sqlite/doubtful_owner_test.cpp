#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "storage/expect_error.hpp"
#include "support/doubtful_log.hpp"
#include "support/temporary_directory.hpp"

namespace doubtful_owner_test {

using namespace leftfold;

void append(event_store& store) {
    store.append(stream_id("account", "ann"), expected_version::any(), {event_data("opened", "{}")});
}

// The owner appends no more, and nobody asks it for anything but the reader, who does so through the store's files.
TEST(doubtful_owner, settles_its_commit_when_a_reader_asks_for_a_time) {
    for (const auto of_last : {doubtful_log::fate::stored, doubtful_log::fate::lost}) {
        const test_support::temporary_directory place;
        doubtful_log* log = nullptr;
        event_store owner{parts_over_doubtful_log(log, make_sqlite_parts(place / "store", {.partitions = 1}))};
        append(owner);
        log->doubt(of_last, owner.limits().resolve_attempts);
        expect_error(errc::outcome_unknown, [&] { append(owner); });
        auto reader = open_sqlite(place / "store", {.access = access::read_only});
        EXPECT_EQ(closed_state_of(reader).held_by, partition_id{0});
        const auto now = recorded_at::from_micros(owner.world().clock->wall_us());
        EXPECT_EQ(reader.cut_at(now).at(partition_id{0}), offset(of_last == doubtful_log::fate::stored ? 2 : 1));
        EXPECT_EQ(closed_state_of(reader).held_by, std::nullopt);
    }
}

}  // namespace doubtful_owner_test
