// bank: accounts as aggregates, two read models, and the balance of March 15th.
//
//   bank [DIRECTORY]     keeps the store there; without it, in a temporary directory that is removed
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "bank/story.hpp"

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    const bool temporary = argc < 2;
    const auto directory =
        temporary ? fs::temp_directory_path() / ("leftfold-bank-" + std::to_string(::getpid())) : fs::path(argv[1]);
    int status = 0;
    try {
        fs::create_directories(directory);
        bank::tell_story(directory, std::cout);
    } catch (const std::exception& e) {
        std::cerr << "bank: " << e.what() << '\n';
        status = 1;
    }
    if (temporary) fs::remove_all(directory);
    return status;
}
