// rides: drivers are found for rides by a process with a deadline, and four consumers follow what happens.
//
// `rides DIRECTORY` plays the story and keeps its store there; without a directory, in a temporary one that is removed.
// `rides history DIRECTORY/rides.store driver ben` asks that store, as does every other command (rides --help).
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "leftfold/tools/domain.hpp"
#include "leftfold/tools/main.hpp"
#include "rides/billing.hpp"
#include "rides/driver.hpp"
#include "rides/earnings.hpp"
#include "rides/ratings.hpp"
#include "rides/ride.hpp"
#include "rides/story.hpp"

namespace {

int play(int argc, char** argv) {
    namespace fs = std::filesystem;
    const bool temporary = argc < 2;
    const auto directory =
        temporary ? fs::temp_directory_path() / ("leftfold-rides-" + std::to_string(::getpid())) : fs::path(argv[1]);
    int status = 0;
    try {
        fs::create_directories(directory);
        rides::tell_story(directory, std::cout);
    } catch (const std::exception& e) {
        std::cerr << "rides: " << e.what() << '\n';
        status = 1;
    }
    if (temporary) fs::remove_all(directory);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || (argc == 2 && argv[1][0] != '-')) return play(argc, argv);
    leftfold::tools::domain known;
    known.aggregate<rides::ride>().aggregate<rides::driver>().aggregate<rides::bill>();
    known.projection<rides::ratings>().projection<rides::earnings>();
    return leftfold::tools::main(argc, argv, known);
}
