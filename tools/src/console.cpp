#include "console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <ostream>
#include <system_error>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Says why standard output took no more, by what the last failed call of the system left.
[[noreturn]] void fail_to_write() {
    const std::error_code why(errno, std::generic_category());
    throw error(why == std::errc::no_space_on_device ? errc::disk_full : errc::io_error,
                why ? fmt::format("writing the answer ({})", why.message()) : "writing the answer");
}

}  // namespace

void console::write(const boost::json::object& object) const { line(boost::json::serialize(object)); }

void console::line(std::string_view text) const {
    errno = 0;
    out << text << '\n';
    if (!out) fail_to_write();
}

void console::flush() const {
    errno = 0;
    out.flush();
    if (!out) fail_to_write();
}

void console::note(std::string_view text) const { err << text << '\n'; }

progress_bar::progress_bar(const console& on, std::string what) : console_(on), what_(std::move(what)) {}

progress_bar::~progress_bar() {
    if (visible_) console_.err << "\r\033[K" << std::flush;
}

void progress_bar::show(std::int64_t done, std::int64_t all) {
    if (!console_.terminal) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ < std::chrono::milliseconds{100}) return;
    drawn_ = now;
    visible_ = true;
    constexpr std::int64_t width = 30;
    const auto filled = all > 0 ? std::clamp<std::int64_t>(done * width / all, 0, width) : 0;
    console_.err << fmt::format("\r{} [{}{}] {} of {}", what_, std::string(static_cast<std::size_t>(filled), '#'),
                                std::string(static_cast<std::size_t>(width - filled), ' '), done, all)
                 << std::flush;
}

}  // namespace leftfold::inline v0::tools
