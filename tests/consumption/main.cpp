// What a user of leftfold might write first; the consumption tests build it in every way that a user can take leftfold.

#include <leftfold/storage/version.hpp>

#include <iostream>

int main() {
    std::cout << "leftfold " << leftfold::library_version() << ": balance 70\n";
    return leftfold::library_version() == LEFTFOLD_VERSION_STRING ? 0 : 1;
}
