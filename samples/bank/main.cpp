// bank: accounts as aggregates, two read models, and the balance of March 15th.
//
// `bank DIRECTORY` plays the story and keeps its store there; without a directory, in a temporary one that is removed.
// `bank as-of DIRECTORY/bank.store account alice 2026-03-15` asks that store, as does every other command (bank
// --help).
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "bank/account.hpp"
#include "bank/read_models.hpp"
#include "bank/story.hpp"
#include "leftfold/tools/domain.hpp"
#include "leftfold/tools/main.hpp"

namespace {

int play(int argc, char** argv) {
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

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || (argc == 2 && argv[1][0] != '-')) return play(argc, argv);
    leftfold::tools::domain known;
    known.aggregate<bank::account>().projection<bank::balances>().projection<bank::months>();
    return leftfold::tools::main(argc, argv, known);
}
