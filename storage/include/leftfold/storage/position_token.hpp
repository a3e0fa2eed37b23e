#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

class event_store;
using store_id = event_id;

/// What a caller has written, in a form that travels: to be handed to a browser with the answer to a command, to come
/// back with the next question, and there to be waited for, by whichever process answers.
///
///     leftfold::position_token wrote{store, done.position};       // of execute() or append()
///     response.set("X-Read-After", to_string(wrote));
///     …
///     read.wait_for(leftfold::parse_position_token(request["X-Read-After"]));
///
/// It names the store and its epoch, so that a token of another store, or of this one before it was restored, is
/// refused and never compared with offsets that mean something else. It is no secret and no proof: who holds one may
/// write another, and makes himself wait with it, no longer than the wait was told to last.
///
/// A value, about 45 characters long as text.
class position_token {
public:
    /// The most partitions that one token names.
    static constexpr std::size_t places_max = 64;

    /// Names a place in the store as it is now: the `position` of what execute() or append() returned. An offset of 0
    /// waits for nothing.
    position_token(const event_store& store, position where);

    store_id store() const { return store_; }
    store_epoch epoch() const { return epoch_; }
    /// The last place of each partition that it names, in order of the partitions. Never empty.
    const std::vector<position>& places() const { return places_; }

    /// Makes it wait for what `other` waits for as well: how a session that writes several times keeps one token.
    ///
    /// Throws errc::stale_model when the other is of another store or epoch, and errc::invalid_argument when both
    /// together name more than places_max partitions. Then it stays as it was.
    void add(const position_token& other);

    /// Returns the cut that it stands for in a store with that identity. Throws errc::stale_model unless it is the
    /// token's own, and errc::invalid_argument for a partition that the store does not have.
    cut in(store_id store, store_epoch epoch, std::uint32_t partitions) const;

    friend bool operator==(const position_token&, const position_token&) = default;
    friend position_token parse_position_token(std::string_view text);

private:
    position_token() = default;

    store_id store_{};
    store_epoch epoch_{};
    std::vector<position> places_;
};

/// Writes `store.epoch.partition:offset`, and `.partition:offset` for each further partition:
/// `01927f3e-8c2a-7cc3-98c4-dc0c0c07398f.1.2:812`. Letters, digits, `-`, `.` and `:` only, so that it can stand in an
/// HTTP header, a cookie or a query string as it is.
std::string to_string(const position_token& token);

/// Reads what to_string wrote, and nothing else: there is one text for each token. Throws errc::invalid_argument.
/// Fit for what comes from outside: costs no more than the longest token.
position_token parse_position_token(std::string_view text);

}  // namespace leftfold::inline v0
