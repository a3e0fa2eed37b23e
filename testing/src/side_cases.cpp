#include <atomic>
#include <chrono>
#include <thread>

#include "leftfold/testing/log_contract.hpp"
#include "script.hpp"

namespace leftfold::inline v0::testing {

namespace {

constexpr auto always = recorded_at::max();
constexpr auto newest = version{INT64_MAX};
constexpr std::uint64_t shape = 0xfeedfacecafebeefU;  // above what a signed number holds

snapshot snapshot_at(const stream_id& stream, std::int64_t at, std::uint64_t fingerprint = shape) {
    using namespace std::string_literals;
    snapshot made;
    made.store.bytes[0] = 7;
    made.epoch = store_epoch{3};
    made.stream = stream;
    made.version = version{at};
    made.position = {partition_id{2}, offset{10 * at}};
    made.recorded = recorded_at::from_micros(100 * at);
    made.chain[31] = static_cast<std::uint8_t>(at);
    made.fingerprint = fingerprint;
    made.state = "state \0\xff "s + std::to_string(at);
    return made;
}

void expect_found(std::string_view what, const std::optional<snapshot>& got, const snapshot& wanted) {
    expect(got.has_value(), std::string(what) + ": nothing was found");
    expect_equal(std::string(what) + ", its version", got->version, wanted.version);
    expect_equal(std::string(what) + ", its state", std::string_view(got->state), std::string_view(wanted.state));
    const bool rest = got->store == wanted.store && got->epoch == wanted.epoch && got->stream == wanted.stream &&
                      got->position == wanted.position && got->recorded == wanted.recorded &&
                      got->chain == wanted.chain && got->fingerprint == wanted.fingerprint;
    expect(rest, std::string(what) + ": a member came back changed");
}

void the_newest_snapshot_in_both_bounds_is_found(engine& subject, variant how) {
    ports at(subject, how);
    for (const auto v : {10, 30, 20}) at.parts().snapshots->save(snapshot_at(alice, v));
    at.parts().snapshots->save(snapshot_at(bob, 25));
    at.between();
    auto& kept = *at.parts().snapshots;
    expect_found("the newest", kept.find(alice, shape, newest, always), snapshot_at(alice, 30));
    expect_found("by version", kept.find(alice, shape, version{29}, always), snapshot_at(alice, 20));
    expect_found("by a version that has one", kept.find(alice, shape, version{20}, always), snapshot_at(alice, 20));
    expect_found("by time", kept.find(alice, shape, newest, recorded_at::from_micros(1'999)), snapshot_at(alice, 10));
    expect_found("by its own time", kept.find(alice, shape, newest, recorded_at::from_micros(2'000)),
                 snapshot_at(alice, 20));
    expect(!kept.find(alice, shape, version{9}, always), "a snapshot above the version was found");
    expect(!kept.find(alice, shape, newest, recorded_at::from_micros(999)), "a later snapshot was found");
    expect(!kept.find(stream_id("other", "alice"), shape, newest, always), "a snapshot of another stream was found");
}

void a_snapshot_of_another_shape_is_not_found(engine& subject, variant how) {
    ports at(subject, how);
    at.parts().snapshots->save(snapshot_at(alice, 10, shape));
    at.parts().snapshots->save(snapshot_at(alice, 20, shape + 1));
    at.between();
    auto& kept = *at.parts().snapshots;
    expect_found("of the old shape", kept.find(alice, shape, newest, always), snapshot_at(alice, 10));
    expect(!kept.find(alice, 1, newest, always), "a snapshot of an unknown shape was found");
}

void a_snapshot_replaces_one_of_the_same_version(engine& subject, variant how) {
    ports at(subject, how);
    at.parts().snapshots->save(snapshot_at(alice, 10));
    auto again = snapshot_at(alice, 10);
    again.state = std::string(300'000, 's');
    at.parts().snapshots->save(again);
    at.between();
    expect_found("the second", at.parts().snapshots->find(alice, shape, newest, always), again);
}

void dropped_snapshots_are_gone(engine& subject, variant how) {
    ports at(subject, how);
    for (const auto v : {10, 20, 30, 40}) at.parts().snapshots->save(snapshot_at(alice, v));
    at.parts().snapshots->save(snapshot_at(bob, 20));
    expect(at.parts().snapshots->drop(alice, version{20}, version{30}) == 2, "drop did not say how many it dropped");
    at.between();
    auto& kept = *at.parts().snapshots;
    expect_found("below those dropped", kept.find(alice, shape, version{39}, always), snapshot_at(alice, 10));
    expect_found("above those dropped", kept.find(alice, shape, newest, always), snapshot_at(alice, 40));
    expect_found("of another stream", kept.find(bob, shape, newest, always), snapshot_at(bob, 20));
    kept.drop(alice, version{}, newest);
    expect(!kept.find(alice, shape, newest, always), "a dropped snapshot was found");
}

checkpoint checkpoint_at(std::int64_t at) {
    checkpoint reached;
    reached.store.bytes[3] = 9;
    reached.epoch = store_epoch{2};
    reached.consumed = cut({offset{at}, offset{}, offset{2 * at}});
    reached.chains.resize(3);
    reached.chains[2][0] = static_cast<std::uint8_t>(at);
    return reached;
}

void a_checkpoint_is_the_one_saved_last(engine& subject, variant how) {
    ports at(subject, how);
    expect(!at.parts().checkpoints->load("balances"), "a consumer that never saved has a checkpoint");
    at.parts().checkpoints->save("balances", checkpoint_at(5));
    at.parts().checkpoints->save("totals", checkpoint_at(50));
    at.parts().checkpoints->save("Balances", checkpoint_at(60));
    at.parts().checkpoints->save("balances", checkpoint_at(6));
    at.parts().checkpoints->save("balances", checkpoint_at(4));  // a rebuild starts over
    at.between();
    auto& kept = *at.parts().checkpoints;
    expect(kept.load("balances") == checkpoint_at(4), "the checkpoint is not the one that was saved last");
    expect(kept.load("totals") == checkpoint_at(50), "a consumer's checkpoint was changed by another's");
    expect(kept.load("Balances") == checkpoint_at(60), "a consumer's checkpoint was changed by one of like name");
}

void a_dropped_checkpoint_is_gone(engine& subject, variant how) {
    ports at(subject, how);
    at.parts().checkpoints->save("balances", checkpoint_at(5));
    at.parts().checkpoints->save("totals", checkpoint_at(6));
    at.parts().checkpoints->drop("balances");
    at.parts().checkpoints->drop("never");
    at.between();
    expect(!at.parts().checkpoints->load("balances"), "a dropped checkpoint was found");
    expect(at.parts().checkpoints->load("totals") == checkpoint_at(6), "another consumer's checkpoint went too");
}

void the_clocks_bound_is_the_one_saved_last(engine& subject, variant how) {
    ports at(subject, how);
    at.parts().bulletin->save_clock_bound(recorded_at::from_micros(1'000));
    at.parts().bulletin->save_clock_bound(recorded_at::from_micros(2'000));
    at.between();
    expect_equal("the bound", at.parts().bulletin->clock_bound(), std::optional(recorded_at::from_micros(2'000)));
}

void the_board_shows_the_page_published_last(engine& subject, variant how) {
    ports at(subject, how, 2);
    bulletin_page page{.epoch = store_epoch{1},
                       .sequence = 1,
                       .closed = {.until = recorded_at::from_micros(5), .held_by = partition_id{1}},
                       .heads = {offset{1}, offset{}}};
    at.parts().bulletin->publish(page);
    expect(at.parts().bulletin->read() == page, "the page is not the one that was published");
    page.sequence = 2;
    page.closed = {.until = recorded_at::from_micros(6)};
    page.heads = {offset{2}, offset{7}};
    at.parts().bulletin->publish(page);
    expect(at.parts().bulletin->read() == page, "the page is not the one that was published last");
}

void a_wait_on_the_board_ends_with_the_next_page(engine& subject, variant how) {
    constexpr std::chrono::seconds long_enough{5};
    ports at(subject, how);
    auto& board = *at.parts().bulletin;
    bulletin_page page{.epoch = store_epoch{1}, .sequence = 1, .heads = {offset{1}}};
    board.publish(page);
    std::atomic<bool> waits = false;
    std::thread owner([&board, &waits, page]() mutable {
        while (!waits) std::this_thread::yield();
        page.sequence = 2;
        board.publish(page);
    });
    const auto begun = std::chrono::steady_clock::now();
    waits = true;
    do {
        board.wait(1, long_enough);
    } while (board.read()->sequence < 2 && std::chrono::steady_clock::now() < begun + long_enough);
    const auto took = std::chrono::steady_clock::now() - begun;
    owner.join();
    expect(took < long_enough, "a wait went on although there was a new page");
}

void a_store_keeps_its_name(engine& subject, variant how) {
    ports at(subject, how);
    const auto id = at.parts().id;
    const auto epoch = at.parts().epoch;
    at.between();
    expect_equal("the store's id", at.parts().id, id);
    expect_equal("the store's epoch", at.parts().epoch, epoch);
    expect_equal("the number of partitions", at.parts().partitions, 1U);
}

}  // namespace

contract side_contract() {
    return {
        {"the_newest_snapshot_in_both_bounds_is_found", the_newest_snapshot_in_both_bounds_is_found},
        {"a_snapshot_of_another_shape_is_not_found", a_snapshot_of_another_shape_is_not_found},
        {"a_snapshot_replaces_one_of_the_same_version", a_snapshot_replaces_one_of_the_same_version},
        {"dropped_snapshots_are_gone", dropped_snapshots_are_gone},
        {"a_checkpoint_is_the_one_saved_last", a_checkpoint_is_the_one_saved_last},
        {"a_dropped_checkpoint_is_gone", a_dropped_checkpoint_is_gone},
        {"the_clocks_bound_is_the_one_saved_last", the_clocks_bound_is_the_one_saved_last},
        {"the_board_shows_the_page_published_last", the_board_shows_the_page_published_last, false},
        {"a_wait_on_the_board_ends_with_the_next_page", a_wait_on_the_board_ends_with_the_next_page, false},
        {"a_store_keeps_its_name", a_store_keeps_its_name},
    };
}

}  // namespace leftfold::inline v0::testing
