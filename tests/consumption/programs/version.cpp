// Headers and library are of one version, however they were found.
#include <iostream>
#include <leftfold/storage/version.hpp>

int main() {
    std::cout << leftfold::library_version() << '\n';
    return leftfold::library_version() == LEFTFOLD_VERSION_STRING ? 0 : 1;
}
