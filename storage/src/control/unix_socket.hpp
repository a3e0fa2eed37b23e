#pragma once

#include <filesystem>
#include <utility>

namespace leftfold::inline v0::control {

/// A file descriptor that is closed at the end of its life.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {}
    ~descriptor();
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// Makes a socket that listens at the path, in place of whatever stands there, with mode 0600 from its first moment on.
/// Throws errc::io_error or errc::read_only.
descriptor listen_at(const std::filesystem::path& socket);

/// Connects; an empty descriptor when nobody listens there.
descriptor connect_to(const std::filesystem::path& socket);

}  // namespace leftfold::inline v0::control
