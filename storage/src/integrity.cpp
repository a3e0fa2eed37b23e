#include "integrity.hpp"

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

[[noreturn]] void throw_corrupt(const char* part, const event_view& event) {
    throw error(errc::corrupt, std::string("the checksum of the ") + part + " at " + to_string(event.position()) +
                                   " (partition:offset) does not agree");
}

}  // namespace

void seal(event_view& event) {
    event.integrity.payload_crc = crc32c(event.payload);
    event.integrity.envelope_crc = envelope_crc(event);
}

void check_envelope(const event_view& event) {
    if (envelope_crc(event) != event.integrity.envelope_crc) throw_corrupt("envelope", event);
}

void check_payload(const event_view& event) {
    if (crc32c(event.payload) != event.integrity.payload_crc) throw_corrupt("payload", event);
}

}  // namespace leftfold::inline v0
