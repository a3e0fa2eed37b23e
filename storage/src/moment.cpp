#include "leftfold/storage/moment.hpp"

#include <array>
#include <charconv>
#include <span>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event_store.hpp"
#include "store_core.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t parts_of_text = 6;

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    constexpr std::size_t shown = 60;
    const auto begin = std::string(text.substr(0, shown)) + (text.size() > shown ? "…" : "");
    throw error(errc::invalid_argument, "reading \"" + begin + "\" as a moment: " + why);
}

std::string checksum_of(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string written;
    const auto crc = crc32c(text);
    for (int shift = 28; shift >= 0; shift -= 4) written += digits[(crc >> static_cast<unsigned>(shift)) & 0xfU];
    return written;
}

store_epoch epoch_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size())
        throw error(errc::invalid_argument, "reading \"" + std::string(text) + "\" as an epoch");
    return store_epoch(number);
}

/// One name for the events of a cut: of the chain hashes there, of which each stands for all events up to its own.
event_id history_at(event_store& store, const cut& where) {
    std::string chains;
    for (std::uint32_t p = 0; p != where.partitions(); ++p) {
        chain_hash chain{};
        const auto at = where.at(partition_id(p));
        if (at != offset{})
            store.read_at(partition_id(p), std::span(&at, 1), payloads::skip, [&](const event_view& event) {
                chain = event.integrity.chain;
                return true;
            });
        chains.append(chain.begin(), chain.end());
    }
    return derive_event_id(chains);
}

}  // namespace

std::string to_string(const moment& then) {
    auto text = to_rfc3339(then.time().time()) + "/" + to_string(then.cut()) + "/" + to_string(then.store()) + "/" +
                std::to_string(then.epoch().value()) + "/" + to_string(then.history());
    return text + "/" + checksum_of(text);
}

moment parse_moment(std::string_view text) {
    std::array<std::string_view, parts_of_text> parts;
    auto rest = text;
    for (std::size_t i = 0; i != parts_of_text; ++i) {
        const auto slash = rest.find('/');
        if ((slash == std::string_view::npos) != (i + 1 == parts_of_text))
            refuse(text, "it has not the form time/cut/store/epoch/history/checksum");
        parts[i] = rest.substr(0, slash);
        if (slash != std::string_view::npos) rest.remove_prefix(slash + 1);
    }
    const auto& [time, where, store, epoch, history, checksum] = parts;
    if (checksum != checksum_of(text.substr(0, text.size() - checksum.size() - 1)))
        refuse(text, "its checksum is not that of the rest: it was altered or cut off");
    const moment read(parse_event_id(store), epoch_in(epoch), recorded_at(parse_time(time)), parse_cut(where),
                      parse_event_id(history));
    if (to_string(read) != text) refuse(text, "a part of it is written otherwise than moments are");
    return read;
}

moment event_store::at(recorded_at when, as_of_options options) {
    auto where = core_->cut_at(when, options);
    const auto history = history_at(*this, where);
    moment made(id(), epoch(), when, std::move(where), history);
    core_->moments.remember(made);
    return made;
}

void event_store::check(const moment& asked, as_of_options options) {
    core_->check_open();
    if (core_->moments.knows(asked)) return;
    const auto differs = [&](const std::string& what) {
        throw error(errc::other_history,
                    "asking store " + to_string(id()) + " about the moment " + to_string(asked) + ": " + what);
    };
    if (asked.store() != id()) differs("it is one of another store");
    if (asked.epoch() != epoch())
        differs("it is of epoch " + std::to_string(asked.epoch().value()) +
                ", and the store was restored since: it is at " + std::to_string(epoch().value()));
    const auto found = at(asked.time(), options);
    if (found.cut() != asked.cut()) differs("here the cut of that time is " + to_string(found.cut()));
    if (found.history() != asked.history()) differs("here the events of that cut are others");
}

moment moment_of(event_store& store, std::string_view text) {
    auto read = parse_moment(text);
    store.check(read);
    return read;
}

}  // namespace leftfold::inline v0
