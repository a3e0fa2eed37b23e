#include "new_project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <system_error>

#include "file_failure.hpp"
#include "leftfold/storage/error.hpp"
#include "starter_files.hpp"

namespace leftfold::inline v0::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes = 64;

// Names that CMake gives to targets of its own, and the one of the starter's second program.
constexpr std::array<std::string_view, 13> taken_names{
    "all",     "clean",          "depend",     "edit_cache",    "help", "install",   "list_install_components",
    "package", "package_source", "preinstall", "rebuild_cache", "test", "stock_test"};

void check_name(const std::string& name) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    if (name.empty() || name.size() > name_bytes || !is_letter(name.front()) || !std::ranges::all_of(name, fits))
        throw error(errc::invalid_name,
                    fmt::format("making the project \"{}\", whose name must be a lower-case letter and then up to {} "
                                "lower-case letters, digits or underscores",
                                name, name_bytes - 1));
    if (std::ranges::find(taken_names, name) != taken_names.end())
        throw error(errc::invalid_name, fmt::format("making the project \"{}\", a name that CMake builds need", name));
}

/// What the last part is called: `a/shop/` and `a/shop` are one.
fs::path without_slash(const fs::path& path) {
    auto whole = path.lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

/// What was made so far; taken away again unless it is kept.
class made_things {
public:
    ~made_things() {
        std::error_code ignored;
        for (auto each = made_.rbegin(); each != made_.rend(); ++each) fs::remove(*each, ignored);
    }
    made_things() = default;
    made_things(const made_things&) = delete;
    made_things& operator=(const made_things&) = delete;

    void directory(const fs::path& path) {
        std::error_code failed;
        if (fs::create_directory(path, failed)) made_.push_back(path);
        if (failed) fail(failed, "making", path);
    }

    void file(const fs::path& path, std::string_view text) {
        const auto close = [](std::FILE* file) { return std::fclose(file); };
        std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "wxe"), close);
        if (!file) fail_with_errno("making", path);
        made_.push_back(path);
        if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) fail_with_errno("making", path);
        if (std::fclose(file.release()) != 0) fail_with_errno("making", path);
    }

    void keep() { made_.clear(); }

private:
    std::vector<fs::path> made_;
};

std::string named(std::string_view text, std::string_view name) {
    constexpr std::string_view placeholder = "starter";
    std::string result;
    for (auto at = text.find(placeholder); at != std::string_view::npos; at = text.find(placeholder)) {
        result += text.substr(0, at);
        result += name;
        text.remove_prefix(at + placeholder.size());
    }
    return result += text;
}

}  // namespace

new_project make_project(const fs::path& directory) {
    const auto where = without_slash(directory);
    new_project project{.name = where.filename().string(), .files = {}};
    check_name(project.name);
    made_things made;
    made.directory(where);
    std::error_code failed;
    const auto is_empty = fs::is_empty(where, failed);
    if (failed) fail(failed, "making", where);
    if (!is_empty)
        throw error(errc::already_exists, fmt::format("making {}, a directory that is not empty", where.string()));
    for (const auto& each : starter_files()) {
        const auto path = where / each.path;
        if (path.parent_path() != where) made.directory(path.parent_path());
        made.file(path, named(each.text, project.name));
        project.files.emplace_back(each.path);
    }
    made.keep();
    return project;
}

}  // namespace leftfold::inline v0::tools
