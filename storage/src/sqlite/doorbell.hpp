#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace leftfold::inline v0::sqlite {

/// A small file that several processes see: written with one write, read with one read, never synced; and the means to
/// wait until somebody writes it, or closes it after writing (inotify), without polling. Thread-safe.
class doorbell {
public:
    enum class role {
        owner,   ///< makes the file
        reader,  ///< opens what there is, for writing where that is allowed
    };

    doorbell(std::filesystem::path file, role as);
    ~doorbell();
    doorbell(const doorbell&) = delete;
    doorbell& operator=(const doorbell&) = delete;

    /// Replaces what stands in the file, which wakes all who wait. Does nothing where the file cannot be written.
    void ring(std::string_view bytes);

    /// Returns what stands in the file; nothing where there is none.
    std::string look();

    /// Waits until somebody rings, or the time is over; may return early. A ring since the last look is not lost: the
    /// wait returns at once.
    void wait(std::chrono::microseconds at_most);

    /// Makes the wait that is under way, or else the next one, return at once. For the end of a waiting thread.
    void interrupt();

    /// Makes every wait return at once, from now on.
    void end();

private:
    void open_file();
    void open_watch();

    std::filesystem::path path_;
    role role_;
    std::mutex mutex_;
    int file_ = -1;
    int watch_ = -1;
    int interrupts_ = -1;
    bool is_over_ = false;
    bool is_waiting_ = false;  // one thread waits for the system, others for it
    std::condition_variable woken_;
};

}  // namespace leftfold::inline v0::sqlite
