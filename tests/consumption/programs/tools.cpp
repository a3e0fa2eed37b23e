// A program of leftfold::tools: the command line inside an application of one's own.
#include <leftfold/tools/main.hpp>

int main(int argc, char** argv) { return leftfold::tools::main(argc, argv); }
