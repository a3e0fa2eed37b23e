#include <leftfold/tools/main.hpp>

int main(int argc, char** argv) { return leftfold::tools::main(argc, argv); }
