#include "raw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

namespace bench {

run write_and_sync(const std::filesystem::path& file, const std::string& bytes, double seconds) {
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (to < 0) throw std::runtime_error("cannot write " + file.string());
    run done;
    const stopwatch clock;
    while (clock.seconds() < seconds) {
        const stopwatch begun;
        if (::write(to, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || ::fdatasync(to) != 0)
            throw std::runtime_error("a write failed");
        done.latencies_us.push_back(static_cast<float>(begun.micros()));
        ++done.operations;
    }
    done.seconds = clock.seconds();
    ::close(to);
    return done;
}

}  // namespace bench
