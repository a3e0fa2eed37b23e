// docs/errors.md names a test for each kind of bad input. Each of them is there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace errors_page_test {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The names of all tests under `folder`, as ctest shows them: `suite.test`.
void collect_tests(const fs::path& folder, std::set<std::string>& names) {
    const std::regex macro(R"(\nTEST(_F)?\((\w+), (\w+)\))");
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".cpp") continue;
        const auto text = content_of(entry.path());
        for (std::sregex_iterator found(text.begin(), text.end(), macro), end; found != end; ++found)
            names.insert((*found)[2].str() + "." + (*found)[3].str());
    }
}

/// The cases of the store's contract, as the memory engine runs them.
void collect_contract_cases(const fs::path& folder, std::set<std::string>& names) {
    const std::regex entry_of(R"re(\n\s+\{"(\w+)",)re");
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.path().filename().string().ends_with("_cases.cpp")) continue;
        const auto text = content_of(entry.path());
        for (std::sregex_iterator found(text.begin(), text.end(), entry_of), end; found != end; ++found)
            names.insert("memory_store_contract." + (*found)[1].str());
    }
}

TEST(errors_page, names_tests_that_are_there) {
    const fs::path source = LEFTFOLD_SOURCE_DIR;
    std::set<std::string> there;
    collect_tests(source / "tests", there);
    collect_contract_cases(source / "testing/src", there);

    auto page = content_of(source / "docs/errors.md");
    page.erase(0, page.find("## Bad input"));
    const std::regex name(R"(`(\w+\.\w+)`)");
    int named = 0;
    for (std::sregex_iterator found(page.begin(), page.end(), name), end; found != end; ++found, ++named)
        EXPECT_TRUE(there.contains((*found)[1].str())) << "docs/errors.md names " << (*found)[1].str();
    EXPECT_GT(named, 25);
}

}  // namespace errors_page_test
