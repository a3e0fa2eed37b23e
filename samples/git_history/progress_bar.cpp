#include "git_history/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace git_history {

namespace {

constexpr std::size_t bar_columns = 40;
constexpr auto redraw_every = std::chrono::milliseconds{100};

}  // namespace

progress_bar::progress_bar(std::string what, std::size_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}

progress_bar::~progress_bar() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void progress_bar::at(std::size_t done) {
    if (!shown_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ < redraw_every) return;
    drawn_ = now;
    draw(done);
}

void progress_bar::draw(std::size_t done) const {
    const auto share = total_ == 0 ? bar_columns : std::min(done, total_) * bar_columns / total_;
    fmt::print(stderr, "\r{} [{:=<{}}{:<{}}] {} of {}", what_, "", share, "", bar_columns - share, done, total_);
    std::fflush(stderr);
}

}  // namespace git_history
