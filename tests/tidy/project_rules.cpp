// Rules that need more than one file.

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>

#include "tidy/rules.hpp"

namespace tidy {

namespace {

std::string_view trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

/// The first line of the block of code that opens at `fence` which the original does not have where it should: next
/// to the line before, or anywhere later at the start and after a line left out.
std::optional<std::size_t> first_unquoted(const std::vector<std::string_view>& page, std::size_t fence,
                                          const std::vector<std::string_view>& original) {
    if (!page[fence].starts_with("```")) return fence;
    std::size_t next = 0;
    bool anywhere = true;
    for (auto at = fence + 1; at < page.size() && !page[at].starts_with("```"); ++at) {
        const auto line = trimmed(page[at]);
        if (line == "// …") {
            anywhere = true;
            continue;
        }
        while (anywhere && next < original.size() && trimmed(original[next]) != line) ++next;
        if (next >= original.size() || trimmed(original[next]) != line) return at;
        anywhere = false;
        ++next;
    }
    return std::nullopt;
}

}  // namespace

std::vector<finding> unused_headers(const std::vector<source>& files) {
    std::set<std::string> used;
    for (const auto& file : files) {
        if (!is_cpp(file)) continue;
        for_each_line(file.code, [&](std::size_t, std::string_view line) {
            if (const auto path = included(line)) used.insert(path->substr(path->rfind('/') + 1));
        });
    }
    std::vector<finding> findings;
    for (const auto& file : files) {
        if (!file.path.ends_with(".hpp")) continue;
        if (!used.contains(file.path.substr(file.path.rfind('/') + 1))) {
            findings.push_back(found(file, 1, "nothing includes this header: use it or delete it"));
        }
    }
    return findings;
}

std::vector<finding> unexplained_errors(const std::vector<source>& files) {
    const auto header = std::ranges::find(files, "storage/include/leftfold/storage/error.hpp", &source::path);
    const auto page = std::ranges::find(files, "docs/errors.md", &source::path);
    if (header == files.end() || page == files.end()) return {};
    static const std::regex enumerator(R"(^    ([a-z][a-z0-9_]*),)");
    std::vector<finding> findings;
    for_each_line(header->code, [&](std::size_t number, std::string_view line) {
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_search(line.begin(), line.end(), match, enumerator)) return;
        if (page->text.find("| `" + match[1].str() + "` |") == std::string::npos) {
            findings.push_back(found(*header, number, match[1].str() + " is not explained in docs/errors.md"));
        }
    });
    return findings;
}

std::vector<finding> unknown_errors(const std::vector<source>& files) {
    const auto header = std::ranges::find(files, "storage/include/leftfold/storage/error.hpp", &source::path);
    const auto page = std::ranges::find(files, "docs/errors.md", &source::path);
    if (header == files.end() || page == files.end()) return {};
    static const std::regex row(R"(^\| `([a-z_0-9]+)` \|([^|]*)\|([^|]*)\|)");
    std::vector<finding> findings;
    for_each_line(page->text, [&](std::size_t number, std::string_view line) {
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_search(line.begin(), line.end(), match, row)) return;
        const auto code = match[1].str();
        if (header->code.find("\n    " + code + ",") == std::string::npos)
            findings.push_back(found(*page, number, "there is no errc::" + code));
        if (trimmed(match[2].str()).empty() || trimmed(match[3].str()).empty())
            findings.push_back(found(*page, number, code + " wants a cause and what to do"));
    });
    return findings;
}

std::vector<finding> dead_links(const std::vector<source>& files) {
    static const std::regex link(R"(\]\(([^)#\s]+)(#[^)\s]*)?\))");
    std::vector<finding> findings;
    for (const auto& file : files) {
        if (!file.path.ends_with(".md")) continue;
        const auto folder = std::filesystem::path(file.path).parent_path();
        for_each_line(file.text, [&](std::size_t number, std::string_view line) {
            using iterator = std::regex_iterator<std::string_view::const_iterator>;
            for (auto at = iterator(line.begin(), line.end(), link); at != iterator(); ++at) {
                const auto target = (*at)[1].str();
                if (target.find("://") != std::string::npos || target == "LICENSE") continue;
                const auto path = (folder / target).lexically_normal().generic_string();
                const bool there = std::ranges::any_of(files, [&](const source& other) {
                    return other.path == path || other.path.starts_with(path + "/");
                });
                if (!there) findings.push_back(found(file, number, "a link to " + target + ", which is not there"));
            }
        });
    }
    return findings;
}

std::vector<finding> stale_quotations(const std::vector<source>& files) {
    static const std::regex origin(R"(^<!-- from: (\S+) -->$)");
    std::vector<finding> findings;
    for (const auto& page : files) {
        if (!page.path.ends_with(".md")) continue;
        const auto lines = lines_of(page.text);
        for (std::size_t at = 0; at + 1 < lines.size(); ++at) {
            std::match_results<std::string_view::const_iterator> match;
            if (!std::regex_search(lines[at].begin(), lines[at].end(), match, origin)) continue;
            const auto original = std::ranges::find(files, match[1].str(), &source::path);
            if (original == files.end()) {
                findings.push_back(found(page, at + 1, "quotes " + match[1].str() + ", which is not there"));
            } else if (const auto missing = first_unquoted(lines, at + 1, lines_of(original->text))) {
                findings.push_back(found(page, *missing + 1, "not in " + original->path + ": quote it again"));
            }
        }
    }
    return findings;
}

std::vector<finding> all_findings(const std::vector<source>& files, const std::map<std::string, std::string>& reasons) {
    std::vector<finding> findings;
    const auto add = [&](std::vector<finding> more) { std::ranges::move(more, std::back_inserter(findings)); };
    for (const auto& file : files) {
        for (const auto rule : {long_lines, climbing_includes, banned_calls, leaking_headers, built_sql,
                                switched_off_tests, nameless_tests, machine_paths}) {
            add(rule(file));
        }
        add(long_files(file, reasons));
    }
    add(unused_headers(files));
    add(unexplained_errors(files));
    add(unknown_errors(files));
    add(dead_links(files));
    add(stale_quotations(files));
    return findings;
}

std::map<std::string, std::string> parse_reasons(std::string_view text) {
    std::map<std::string, std::string> reasons;
    for_each_line(text, [&](std::size_t, std::string_view line) {
        const auto colon = line.find(": ");
        if (line.starts_with('#') || colon == std::string_view::npos) return;
        reasons.emplace(line.substr(0, colon), line.substr(colon + 2));
    });
    return reasons;
}

}  // namespace tidy
