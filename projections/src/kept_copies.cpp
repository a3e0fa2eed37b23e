#include "kept_copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <system_error>
#include <utility>

#include "continuity.hpp"
#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"
#include "scratch_directory.hpp"

namespace leftfold::inline v0::detail {

namespace fs = std::filesystem;

namespace {

std::uint32_t crc_of_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string page(1 << 16, '\0');
    std::uint32_t crc = 0;
    while (in.read(page.data(), static_cast<std::streamsize>(page.size())), in.gcount() > 0)
        crc = crc32c(std::string_view(page.data(), static_cast<std::size_t>(in.gcount())), crc);
    if (in.bad()) throw error(errc::io_error, "reading " + file.string());
    return crc;
}

/// Takes the last of the parts that are divided by dots.
template <class Number>
bool take_number(std::string_view& name, Number& into, int base = 10) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto digits = name.substr(dot + 1);
    name = name.substr(0, dot);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), into, base);
    return failed == std::errc() && end == digits.data() + digits.size();
}

}  // namespace

kept_copies::kept_copies(replay_copies policy, event_store& store, std::string projection, std::string shape)
    : policy_(std::move(policy)), store_(store.core()), projection_(std::move(projection)), shape_(std::move(shape)) {
    if (policy_.every == 0)
        throw error(errc::invalid_argument, "keeping a copy of projection " + projection_ + " every 0 events");
}

std::optional<kept_copies::named_copy> kept_copies::read_name(const fs::path& file) const {
    const auto text = file.filename().string();
    std::string_view name = text;
    named_copy found{.file = file, .through = {}, .events = 0, .crc = 0};
    std::int64_t micros = 0;
    if (!take_number(name, found.crc, 16) || !take_number(name, found.events) || !take_number(name, micros) ||
        name != projection_)
        return std::nullopt;
    found.through = recorded_at::from_micros(micros);
    return found;
}

std::vector<kept_copies::named_copy> kept_copies::all() const {
    std::vector<named_copy> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(policy_.in, none))
        if (auto copy = read_name(entry.path())) found.push_back(std::move(*copy));
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.through < b.through; });
    return found;
}

bool kept_copies::is_sound(const named_copy& of, const fs::path& copied) const {
    if (crc_of_file(copied) != of.crc) return false;
    model_database rows(copied);
    event_store store(store_.core());
    return why_not_continued(rows.load(projection_), shape_, store).empty();
}

std::int64_t kept_copies::take(recorded_at when, const fs::path& into) {
    if (policy_.in.empty()) return 0;
    const auto copies = all();
    for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
        if (copy->through > when) continue;
        std::error_code failed;
        if (!fs::copy_file(copy->file, into, fs::copy_options::overwrite_existing, failed)) continue;
        if (is_sound(*copy, into)) return last_events_ = copy->events;
        fs::remove(copy->file, failed);
        fs::remove(into, failed);
    }
    return 0;
}

bool kept_copies::is_due(std::int64_t events) const {
    return !policy_.in.empty() && std::cmp_greater_equal(events - last_events_, policy_.every);
}

void kept_copies::keep(model_database& from, recorded_at through, std::int64_t events) {
    last_events_ = events;
    try {
        make(from, through, events);
        thin();
    } catch (const std::exception& failed) {
        if (store_.world().observer)
            store_.world().observer->on_warning(fmt::format("no copy of projection {} is kept in {}: {}", projection_,
                                                            policy_.in.string(), failed.what()));
    }
}

void kept_copies::make(model_database& from, recorded_at through, std::int64_t events) {
    fs::create_directories(policy_.in);
    const scratch_directory place(policy_.in);
    const auto made = place.path() / "copy";
    {
        sqlite::statement copy(from.connection(), "VACUUM INTO ?1");
        copy.bind_text(1, made.string()).run();
    }
    const auto name = fmt::format("{}.{}.{}.{:08x}", projection_, through.micros(), events, crc_of_file(made));
    fs::rename(made, policy_.in / name);
}

/// Removes the copies whose neighbours are nearest, never the newest one.
void kept_copies::thin() const {
    auto copies = all();
    while (copies.size() > std::max<std::size_t>(1, policy_.at_most)) {
        const auto gap = [&](std::size_t i) { return copies[i + 1].events - (i == 0 ? 0 : copies[i - 1].events); };
        std::size_t least = 0;
        for (std::size_t i = 1; i + 1 < copies.size(); ++i)
            if (gap(i) < gap(least)) least = i;
        fs::remove(copies[least].file);
        copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(least));
    }
}

}  // namespace leftfold::inline v0::detail
