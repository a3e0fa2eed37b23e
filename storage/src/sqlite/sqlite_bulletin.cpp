#include "sqlite/sqlite_bulletin.hpp"

#include <utility>

#include "deadline.hpp"
#include "sqlite/live_page.hpp"

namespace leftfold::inline v0::sqlite {

sqlite_bulletin::sqlite_bulletin(const store_place& place, leftfold::access access, environment world)
    : place_(place), world_(std::move(world)), clock_path_(place.directory / "clock") {
    if (!is_platform_vfs(place.vfs)) return;
    const auto as = access == leftfold::access::read_write ? doorbell::role::owner : doorbell::role::reader;
    live_ = std::make_unique<doorbell>(place.directory / "live", as);
    ask_ = std::make_unique<doorbell>(place.directory / "ask", as);
    if (access == leftfold::access::read_only) return;
    if (const auto last = decode_live_page(live_->look())) earlier_pages_ = last->sequence;
}

sqlite_bulletin::~sqlite_bulletin() { stop_answering(); }

std::optional<recorded_at> sqlite_bulletin::clock_bound() {
    const std::scoped_lock lock(mutex_);
    // Before anybody has saved one, a fork's clock stands where its parent was left.
    const auto none = place_.fork ? std::optional(place_.fork->time) : std::nullopt;
    if (!file_exists(place_.vfs, clock_path_)) return none;
    const auto text = raw_file(place_.vfs, clock_path_, raw_file::mode::read).read(0, 1'024);
    if (text.find_first_not_of('\0') == std::string::npos) return none;  // made, and the power went
    return decode_clock_bound(text, clock_path_.string());
}

void sqlite_bulletin::save_clock_bound(recorded_at bound) {
    const std::scoped_lock lock(mutex_);
    if (!clock_) clock_ = std::make_unique<raw_file>(place_.vfs, clock_path_, raw_file::mode::create);
    clock_->write(0, encode_clock_bound(bound));
    clock_->sync();
}

void sqlite_bulletin::publish(const bulletin_page& page) {
    const std::scoped_lock lock(mutex_);
    page_ = page;
    page_->sequence += earlier_pages_;
    if (live_) live_->ring(encode_live_page(*page_));
}

void sqlite_bulletin::answer(unique_function<void(recorded_at)> close) {
    if (!ask_) return;
    answerer_ = world_.executors->make_executor();
    is_answering_ = true;
    answerer_->post([this, close = std::move(close), answered = ask_->look()]() mutable {
        while (is_answering_) {
            const auto asked = ask_->look();
            // Readers write over each other's questions; one whose question was lost asks again.
            if (asked != std::exchange(answered, asked)) {
                if (const auto when = decode_asked_time(asked)) close(*when);
            } else {
                ask_->wait(std::chrono::seconds{3'600});
            }
        }
    });
}

void sqlite_bulletin::stop_answering() {
    if (!answerer_) return;
    is_answering_ = false;
    ask_->interrupt();
    answerer_.reset();
}

std::optional<bulletin_page> sqlite_bulletin::read() {
    const std::scoped_lock lock(mutex_);
    if (page_ || !live_) return page_;
    // A page that is being written reads as torn; the next look finds it whole.
    for (int attempt = 0; attempt != 100; ++attempt)
        if (auto page = decode_live_page(live_->look())) return page;
    return std::nullopt;
}

void sqlite_bulletin::ask(recorded_at when) {
    if (ask_) ask_->ring(encode_asked_time(when));
}

void sqlite_bulletin::wait(std::uint64_t seen, std::chrono::microseconds at_most) {
    if (!live_) return;
    const auto deadline = deadline_after(at_most);
    for (;;) {
        const auto page = read();
        const auto left = deadline - std::chrono::steady_clock::now();
        if ((page && page->sequence > seen) || left.count() <= 0 || is_waited_for_no_more_) return;
        live_->wait(std::chrono::ceil<std::chrono::microseconds>(left));
    }
}

void sqlite_bulletin::end_waits() {
    is_waited_for_no_more_ = true;
    if (live_) live_->end();
}

}  // namespace leftfold::inline v0::sqlite
