#include "raw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

namespace bench {

run write_and_sync(const std::filesystem::path& file, const std::string& bytes, double seconds) {
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (to < 0) throw std::runtime_error("cannot write " + file.string());
    auto done = repeat_for(seconds, [&] {
        if (::write(to, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || ::fdatasync(to) != 0)
            throw std::runtime_error("a write failed");
        return 1.0;
    });
    ::close(to);
    return done;
}

}  // namespace bench
