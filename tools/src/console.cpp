#include "console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <ostream>

namespace leftfold::inline v0::tools {

void console::write(const boost::json::object& object) const { out << boost::json::serialize(object) << '\n'; }

void console::line(std::string_view text) const { out << text << '\n'; }

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
