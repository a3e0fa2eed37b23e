#include "leftfold/storage/error.hpp"

#include <cstdio>
#include <cstdlib>

#include "leftfold/storage/assert.hpp"

namespace leftfold::inline v0 {

namespace {

// One sentence a code: a table by nature. NOLINTNEXTLINE(readability-function-size)
const char* sentence(errc code) {
    switch (code) {
        case errc::ok:
            return "no error";
        case errc::invalid_name:
            return "the name breaks the rules for names";
        case errc::invalid_utf8:
            return "the text is not valid UTF-8";
        case errc::invalid_argument:
            return "the argument is outside its range";
        case errc::event_too_large:
            return "the event is larger than the store accepts";
        case errc::batch_too_large:
            return "the append has more events than the store accepts";
        case errc::headers_too_large:
            return "the headers are larger than the store accepts";
        case errc::different_partitions:
            return "the streams belong to different partitions";
        case errc::partial_duplicate:
            return "some of the event ids are stored already and others are not";
        case errc::id_reused:
            return "the event id is taken by an event with other content";
        case errc::would_block:
            return "the append queue is full";
        case errc::fenced:
            return "another owner has claimed the partition";
        case errc::outcome_unknown:
            return "the commit failed in a way that leaves its outcome unknown";
        case errc::store_closed:
            return "the store is closed";
        case errc::forked:
            return "the handle was inherited over fork and must not be used";
        case errc::locked:
            return "another process owns the store";
        case errc::timed_out:
            return "the deadline passed";
        case errc::disk_full:
            return "no space is left on the disk";
        case errc::io_error:
            return "the file system failed";
        case errc::not_yet:
            return "the time asked for has not come";
        case errc::not_closed:
            return "the time asked for may still receive events";
        case errc::other_history:
            return "the moment is one of another history";
        case errc::clock_jump:
            return "the wall clock jumped forward";
        case errc::clock_ahead:
            return "the store's clock is ahead of the wall clock";
        case errc::not_found:
            return "there is nothing of that name";
        case errc::already_exists:
            return "there is something of that name already";
        case errc::corrupt:
            return "stored bytes are not what was written";
        case errc::foreign_file:
            return "the file was not made by leftfold or belongs elsewhere";
        case errc::newer_format:
            return "the file was written by a later version of leftfold";
        case errc::read_only:
            return "writing is not possible here";
        case errc::network_file_system:
            return "the file system is a network one, whose locks cannot be relied on";
        case errc::unsupported:
            return "the engine cannot do that";
        case errc::unknown_event_type:
            return "the event type is not known";
        case errc::invalid_event:
            return "the event does not decode";
        case errc::name_collision:
            return "the name is taken by another type";
        case errc::conflict_exhausted:
            return "the command lost the race for its stream too often";
        case errc::behind:
            return "the read model has not come that far";
        case errc::incomplete:
            return "the read model lacks parked events of that time";
        case errc::before_history:
            return "the table's history begins later";
        case errc::stale_model:
            return "the read model belongs to another history";
        case errc::missing_row:
            return "the row is not there";
        case errc::duplicate_row:
            return "the row is there already";
        case errc::projection_stopped:
            return "the projection has stopped";
    }
    return "an unknown error";
}

class category final : public std::error_category {
public:
    const char* name() const noexcept override { return "leftfold"; }
    std::string message(int code) const override { return sentence(static_cast<errc>(code)); }
};

}  // namespace

const std::error_category& error_category() noexcept {
    static const category instance;
    return instance;
}

std::error_code make_error_code(errc code) noexcept { return {static_cast<int>(code), error_category()}; }

namespace detail {

void assertion_failed(const char* expectation, const char* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: leftfold relies on this, and it does not hold: %s\n", file, line, expectation);
    std::abort();
}

}  // namespace detail

}  // namespace leftfold::inline v0
