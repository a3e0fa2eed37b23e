#include "sqlite/doorbell.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "sqlite/fork_descriptors.hpp"

namespace leftfold::inline v0::sqlite {

doorbell::doorbell(std::filesystem::path file, role as)
    : path_(std::move(file)), role_(as), interrupts_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    open_file();
}

doorbell::~doorbell() {
    if (file_ >= 0) ::close(file_);
    if (watch_ >= 0) ::close(watch_);
    if (interrupts_ >= 0) ::close(interrupts_);
}

void doorbell::open_file() {
    if (file_ >= 0) return;
    const int how = role_ == role::owner ? O_RDWR | O_CREAT : O_RDWR;
    file_ = ::open(path_.c_str(), how | O_CLOEXEC, 0644);
    if (file_ < 0) file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
}

void doorbell::open_watch() {
    if (watch_ >= 0 || file_ < 0) return;
    watch_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch_ >= 0 && ::inotify_add_watch(watch_, path_.c_str(), IN_MODIFY | IN_CLOSE_WRITE) >= 0) return;
    if (watch_ >= 0) ::close(watch_);
    watch_ = -1;
}

void doorbell::ring(std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    open_file();
    // A hint that cannot be given is not an error: whoever waits looks again after a while.
    if (file_ >= 0) static_cast<void>(!::pwrite(file_, bytes.data(), bytes.size(), 0));
}

std::string doorbell::look() {
    const std::scoped_lock lock(mutex_);
    open_file();
    open_watch();  // before the look, so that whoever looks and then waits misses nothing in between
    struct stat found {};
    if (file_ < 0 || ::fstat(file_, &found) != 0) return {};
    std::string bytes(static_cast<std::size_t>(found.st_size), '\0');
    const auto got = ::pread(file_, bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
}

void doorbell::wait(std::chrono::microseconds at_most) {
    // Where there is nothing to watch (no file yet, no watches left), looking again this often is the fall-back.
    constexpr std::chrono::microseconds fall_back = std::chrono::milliseconds{20};
    std::unique_lock lock(mutex_);
    if (is_over_) return;
    if (is_waiting_) {
        woken_.wait_for(lock, at_most);
        return;
    }
    is_waiting_ = true;
    open_file();
    open_watch();
    const int watch = watch_;
    lock.unlock();
    const auto span = watch < 0 ? std::min(at_most, fall_back) : at_most;
    const timespec time{static_cast<time_t>(span.count() / 1'000'000),
                        static_cast<long>(span.count() % 1'000'000) * 1'000};
    std::array<pollfd, 2> asked{{{interrupts_, POLLIN, 0}, {watch, POLLIN, 0}}};  // poll passes over negative ones
    ::ppoll(asked.data(), asked.size(), &time, nullptr);
    std::array<char, 4'096> events;
    for (const auto& of : asked)
        while (of.fd >= 0 && ::read(of.fd, events.data(), events.size()) > 0) {
        }
    lock.lock();
    is_waiting_ = false;
    woken_.notify_all();
}

void doorbell::interrupt() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(interrupts_, &one, sizeof one));
}

void doorbell::end() {
    {
        const std::scoped_lock lock(mutex_);
        is_over_ = true;
    }
    interrupt();
}

}  // namespace leftfold::inline v0::sqlite
