#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "leftfold/storage/error.hpp"
#include "system_world.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// The kernel's randomness, fetched by the half kilobyte so that an id costs no system call.
class system_random final : public random_source {
public:
    std::uint64_t next() override {
        const std::lock_guard lock(mutex_);
        if (used_ == words_.size()) refill();
        return words_[used_++];
    }

private:
    void refill() {
        // Up to 256 bytes come whole once the kernel is seeded (getrandom(2)), so a refill takes them in two calls.
        constexpr std::size_t whole = 256;
        auto* const bytes = reinterpret_cast<char*>(words_.data());
        for (std::size_t done = 0; done < sizeof words_;) {
            const auto got = getrandom(bytes + done, std::min(whole, sizeof words_ - done), 0);
            if (got < 0 && errno != EINTR) throw error(errc::io_error, "asking the kernel for randomness");
            if (got > 0) done += static_cast<std::size_t>(got);
        }
        used_ = 0;
    }

    std::mutex mutex_;
    std::array<std::uint64_t, 64> words_{};
    std::size_t used_ = words_.size();
};

}  // namespace

std::shared_ptr<random_source> make_system_random() { return std::make_shared<system_random>(); }

}  // namespace leftfold::inline v0::detail
