#include "tidy/rules.hpp"

#include <algorithm>
#include <regex>
#include <set>

namespace tidy {

namespace {

constexpr std::size_t widest_line = 120;
constexpr std::size_t longest_file = 400;

/// The folder that a path begins with.
std::string folder_of(std::string_view path) { return std::string(path.substr(0, path.find('/'))); }

bool is_library(const source& file) {
    static const std::set<std::string> folders{"storage", "framework", "projections", "tools"};
    return folders.contains(folder_of(file.path));
}

/// Columns as a reader sees them: bytes that continue a UTF-8 sequence take none.
std::size_t columns(std::string_view line) {
    return static_cast<std::size_t>(
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

struct ban {
    std::string pattern;            ///< what may not be written
    std::string instead;            ///< what to write
    bool in_tests;                  ///< whether tests are held to it too
    std::set<std::string> allowed;  ///< the files that may
};

const std::vector<ban>& bans() {
    static const std::vector<ban> all{
        {R"(system_clock\s*::\s*now)", "read the injected wall clock", false, {"storage/src/system_clocks.cpp"}},
        {R"(\brandom_device\b)",
         "draw from the injected random source; in tests from the seed of the run",
         true,
         {"storage/src/system_random.cpp"}},
        {R"(std\s*::\s*(jthread\b|async\b|thread\b(?!\s*::)))",
         "ask the injected executor for a thread",
         false,
         {"storage/src/system_threads.cpp"}},
        {R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)",
         "wait for the thing itself: sleeping is not waiting",
         true,
         {}},
        {R"(\bSQLITE_OPEN_URI\b)",
         "open by path: a name is never a URI",
         true,
         {"storage/src/sqlite/connection.cpp"}},  // for immutable=1, which has no other form; it escapes the path
        {R"(\bco_(await|return|yield)\b)", "write a state machine: g++ 12 miscompiles coroutines", false, {}},
        {R"(\bstd\s*::\s*(cout|cerr|clog)\b|\b(printf|puts|fputs)\s*\()",
         "tell the observer: the library never prints",
         false,
         {"tools/src/main.cpp"}},
    };
    return all;
}

}  // namespace

finding found(const source& file, std::size_t line, std::string_view what) {
    return file.path + ":" + std::to_string(line) + ": " + std::string(what);
}

std::vector<finding> long_lines(const source& file) {
    std::vector<finding> findings;
    if (file.path.ends_with(".md") || file.path.ends_with(".txt") || file.path.ends_with(".json")) return findings;
    for_each_line(file.text, [&](std::size_t number, std::string_view line) {
        if (columns(line) > widest_line) {
            findings.push_back(found(file, number, std::to_string(columns(line)) + " columns, 120 fit"));
        }
    });
    return findings;
}

std::vector<finding> climbing_includes(const source& file) {
    static const std::map<std::string, std::set<std::string>> below{
        {"storage", {"storage"}},
        {"framework", {"storage", "framework"}},
        {"testing", {"storage", "framework", "testing"}},
        // Apart, so that whoever tests aggregates alone needs no SQLite.
        {"testing/projections", {"storage", "framework", "projections", "testing"}},
        {"projections", {"storage", "framework", "projections"}},
        {"tools", {"storage", "framework", "projections", "tools"}},
    };
    std::vector<finding> findings;
    const bool is_inner = file.path.starts_with("testing/projections/");
    const auto layer = below.find(is_inner ? "testing/projections" : folder_of(file.path));
    if (layer == below.end() || !is_cpp(file)) return findings;
    for_each_line(file.code, [&](std::size_t number, std::string_view line) {
        const auto path = included(line);
        if (!path || !path->starts_with("leftfold/")) return;
        const auto target = folder_of(std::string_view(*path).substr(sizeof "leftfold/" - 1));
        if (!layer->second.contains(target)) {
            findings.push_back(found(file, number, layer->first + " may not include " + *path + ": it is not below"));
        }
    });
    return findings;
}

std::vector<finding> banned_calls(const source& file) {
    std::vector<finding> findings;
    if (!is_cpp(file)) return findings;
    const bool library = is_library(file);
    for (const auto& ban : bans()) {
        if ((!library && !ban.in_tests) || ban.allowed.contains(file.path)) continue;
        const std::regex pattern(ban.pattern);
        for_each_line(file.bare, [&](std::size_t number, std::string_view line) {
            std::match_results<std::string_view::const_iterator> match;
            if (std::regex_search(line.begin(), line.end(), match, pattern)) {
                findings.push_back(found(file, number, match[0].str() + " is banned: " + ban.instead));
            }
        });
    }
    return findings;
}

std::vector<finding> leaking_headers(const source& file) {
    std::vector<finding> findings;
    if (file.path.find("/include/") == std::string::npos) return findings;
    for_each_line(file.code, [&](std::size_t number, std::string_view line) {
        if (included(line) == "sqlite3.h") {
            findings.push_back(found(file, number, "a public header may not include sqlite3.h: keep it in src/"));
        }
    });
    return findings;
}

std::vector<finding> built_sql(const source& file) {
    // A statement in a literal that is then added to, or that is the pattern of a formatting call.
    static const std::string verb = R"((SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\s)";
    static const std::regex built(R"("\s*)" + verb + R"([^"]*"\s*\+|format(_to)?\s*\([^"]*"\s*)" + verb);
    std::vector<finding> findings;
    if (!is_library(file) || !is_cpp(file)) return findings;
    for_each_line(file.code, [&](std::size_t number, std::string_view line) {
        if (std::regex_search(line.begin(), line.end(), built)) {
            findings.push_back(found(file, number, "SQL built from strings: bind values to a prepared statement"));
        }
    });
    return findings;
}

std::vector<finding> switched_off_tests(const source& file) {
    static const std::regex off(R"(\bDISABLED_|\bGTEST_SKIP\b|^\s*#\s*if\s+0\b)");
    std::vector<finding> findings;
    if (!is_cpp(file)) return findings;
    for_each_line(file.bare, [&](std::size_t number, std::string_view line) {
        if (std::regex_search(line.begin(), line.end(), off)) {
            findings.push_back(found(file, number, "switched off: repair it or delete it"));
        }
    });
    return findings;
}

std::vector<finding> nameless_tests(const source& file) {
    if (!file.path.starts_with("tests/") || !file.path.ends_with("_test.cpp")) return {};
    const auto start = file.path.rfind('/') + 1;
    const auto line = "namespace " + file.path.substr(start, file.path.rfind('.') - start) + " {";
    if (("\n" + file.code).find("\n" + line + "\n") != std::string::npos) return {};
    return {found(file, 1, "write its helpers and tests inside " + line + " … }")};
}

std::vector<finding> machine_paths(const source& file) {
    static const std::regex path(R"((^|[^\w.])/(work|home|root)/|\bshared/design)");
    std::vector<finding> findings;
    if (file.path.starts_with("tests/tidy/")) return findings;  // it has to name them
    for_each_line(file.text, [&](std::size_t number, std::string_view line) {
        if (std::regex_search(line.begin(), line.end(), path)) {
            findings.push_back(found(file, number, "a path of one machine: write one that every reader has"));
        }
    });
    return findings;
}

std::vector<finding> long_files(const source& file, const std::map<std::string, std::string>& reasons) {
    if (!is_cpp(file)) return {};
    const auto length = lines_of(file.text).size();
    if (length <= longest_file || reasons.contains(file.path)) return {};
    return {found(file, length, "over 400 lines: divide it, or say why in tests/tidy/long_files.txt")};
}

}  // namespace tidy
